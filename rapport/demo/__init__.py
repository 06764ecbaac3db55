"""A demo company to explore (only with RAPPORT_DEMO), and the face of the practice mailbox, where one writes as a customer."""
