"""Inboxes, and the doctor that says why one does not work."""
