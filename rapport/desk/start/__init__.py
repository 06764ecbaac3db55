"""The first run: the page that makes the first owner."""
