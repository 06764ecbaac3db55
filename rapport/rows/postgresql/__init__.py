"""Django's PostgreSQL, with sessions that suit kept statements."""
