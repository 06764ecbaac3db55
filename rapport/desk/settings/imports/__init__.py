"""Customers and orders from a file."""
