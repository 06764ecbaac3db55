"""One customer: who they are and what they wrote."""
