"""Tests of the language app."""
