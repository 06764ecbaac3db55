"""Live updates: each event is read once, rendered once, and sent to every open stream whose viewer may see it."""
