"""Django's SQLite, with a word to others when a connection waits to write (`rows.turns`)."""
