"""Settings: people, teams, inboxes, the company."""
