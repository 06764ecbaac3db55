"""A demo company to explore and the practice mailbox, where one writes as a customer. Only with RAPPORT_DEMO."""
