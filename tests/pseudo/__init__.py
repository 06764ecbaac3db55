"""The product in pseudo-languages: longer words, and from right to left."""
