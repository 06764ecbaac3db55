"""Writing to a customer first."""
