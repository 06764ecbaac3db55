"""Tests of the tools below every app."""
