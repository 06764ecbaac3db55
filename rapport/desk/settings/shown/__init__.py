"""What this company sees of Rapport."""
