"""Checklists: steps that are the same each time."""
