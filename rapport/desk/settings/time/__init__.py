"""Whether time spent is noted."""
