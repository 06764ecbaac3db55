"""Saved views: what they show, who sees them, and how one's own rail is arranged."""
