"""One conversation: its page, its parts, and the acts on it."""
