"""Fixtures of the stand-in servers."""
