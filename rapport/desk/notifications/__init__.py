"""The bell: what concerns one, line by line, and the rules by which one is told."""
