"""When the company answers."""
