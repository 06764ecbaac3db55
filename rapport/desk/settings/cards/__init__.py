"""Customer cards: endpoints of the company’s own."""
