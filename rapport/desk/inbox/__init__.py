"""The list: views, rows, counts, bulk acts."""
