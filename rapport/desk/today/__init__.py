"""Today: the page one begins with."""
