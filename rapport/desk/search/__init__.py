"""Finding conversations by words and filters."""
