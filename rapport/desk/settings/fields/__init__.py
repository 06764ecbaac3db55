"""Custom fields: what is filled in on conversations."""
