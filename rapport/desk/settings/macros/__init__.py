"""Macros: prepared words and acts."""
