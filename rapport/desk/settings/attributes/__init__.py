"""Facts of the company’s own about customers."""
