"""Statuses of the company's own, and which steps between them are allowed."""
