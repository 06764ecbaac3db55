"""The database engine that the settings name: Django's own, but for how a session begins."""

from __future__ import annotations

from django.db.backends.postgresql import base

# A kept statement is planned once a connection and never again for each value: planning a view's page takes longer than
# reading it. Compiling a plan to machine code pays for statements of seconds, and ours take milliseconds.
_SESSION = "SET plan_cache_mode = force_generic_plan; SET jit = off"


class DatabaseWrapper(base.DatabaseWrapper):
    """One connection."""

    def init_connection_state(self) -> None:
        """Django calls this when the connection is new, before anything is asked."""
        super().init_connection_state()
        with self.connection.cursor() as cursor:
            cursor.execute(_SESSION)
