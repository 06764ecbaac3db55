"""Senders whose mail goes to the spam."""
