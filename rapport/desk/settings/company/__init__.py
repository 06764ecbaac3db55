"""The company: its name and its one switch."""
