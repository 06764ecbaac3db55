"""The status page: what waits, what failed, what runs."""
