"""Telling colleagues what concerns them, by mail now; each says why it was sent. Layer: above outbox."""
