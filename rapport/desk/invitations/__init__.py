"""The page behind an invitation or a reset link."""
