"""One's own replies that wait to go out."""
