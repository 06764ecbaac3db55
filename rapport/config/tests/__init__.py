"""Tests of the settings and the wiring."""
