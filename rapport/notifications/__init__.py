"""Telling colleagues what concerns them, by the bell and by mail, as each of them wishes; each says why. Layer: above outbox."""
