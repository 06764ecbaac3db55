"""Beside a conversation: writing to others about it, passing a message on, and what they answer."""
