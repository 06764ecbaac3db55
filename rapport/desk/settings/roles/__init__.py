"""Roles: which rights each gives, and who has it."""
