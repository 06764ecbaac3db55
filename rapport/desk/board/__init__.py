"""A view as a board: columns of cards, and moving them."""
