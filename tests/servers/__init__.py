"""Stand-ins for the world outside: each runs on 127.0.0.1, needs no account and keeps a ledger of what it saw."""
