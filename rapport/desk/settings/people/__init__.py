"""Who can sign in, and what they may do."""
