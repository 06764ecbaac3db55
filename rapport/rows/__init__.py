"""Writing rows without paying for the ORM's compiler each time: its own statements, kept.

Words: *kept statement* (what Django's compiler wrote for a model once, with a place for each value). Layer: above the
kit, below every app; knows no model.
"""
