"""The database engine that the settings name: Django's own, but for how a session begins, how it is looked after, and
cursors for kept statements."""

from __future__ import annotations

import select
import time
from typing import Any

from django.db.backends.postgresql import base
from psycopg import Error, RawCursor
from psycopg.types.datetime import TimestamptzLoader

from rapport.rows.preparing import numbered

# A kept statement is planned once a connection and never again for each value: planning a view's page takes longer than
# reading it. Compiling a plan to machine code pays for statements of seconds, and ours take milliseconds.
_SESSION = "SET plan_cache_mode = force_generic_plan; SET jit = off"
_AFTER = 2  # a statement that is asked once a connection is not worth keeping
_KEPT = 400  # statements a connection
_TRUSTED_SECONDS = 30.0


class Keeping(RawCursor[tuple[Any, ...]]):
    """Takes what Django compiled; moments are read by psycopg's own loader, for ours are all in UTC.

    Django's usual cursor writes values into the text, and psycopg's looks through a text of over 4,096 characters for
    its places each time. This one serves again and again: closing it lets go of the rows only.
    """

    known: dict[str, str] = {}

    def __init__(self, connection: Any) -> None:
        super().__init__(connection)
        self.adapters.register_loader("timestamptz", TimestamptzLoader)

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        text = self.known.get(query)
        if text is None:
            text = self.known[query] = numbered(query)
        return super().execute(text, params, **options)

    def close(self) -> None:
        super().close()
        self._closed = False


class DatabaseWrapper(base.DatabaseWrapper):
    """One connection."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._keeping: Keeping | None = None
        self._trusted_until = 0.0

    def init_connection_state(self) -> None:
        """Django calls this when the connection is new, before anything is asked."""
        super().init_connection_state()
        with self.connection.cursor() as cursor:
            cursor.execute(_SESSION)
        self.connection.prepare_threshold, self.connection.prepared_max = _AFTER, _KEPT
        self._keeping = Keeping(self.connection)

    def keeping_cursor(self) -> Any:
        """A cursor of Django's, hooks and all, that keeps what it executes. One at a time."""
        self.close_if_health_check_failed()
        self.ensure_connection()
        with self.wrap_database_errors:
            return self._prepare_cursor(self._keeping)  # type: ignore[attr-defined]  # the stubs leave it out

    def is_usable(self) -> bool:
        """Django asks this at the start of each request. A server that ends a connection says so, or its system does:
        where nothing came in and the server answered a moment ago, it is not asked once more."""
        now = time.monotonic()
        if self.connection is not None and now < self._trusted_until and self._is_quiet():
            return True
        answers: bool = super().is_usable()
        self._trusted_until = now + _TRUSTED_SECONDS if answers else 0.0
        return answers

    def _is_quiet(self) -> bool:
        waiting = select.poll()
        try:
            waiting.register(self.connection.fileno(), select.POLLIN)
        except Error:  # closed on our own side
            return False
        return not waiting.poll(0)
