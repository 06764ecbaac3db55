"""The database engine that the settings name: Django's own, but for how a session begins, how it is looked after, and a
way for kept statements."""

from __future__ import annotations

import select
import time
from collections.abc import Sequence
from typing import Any

from django.db.backends.postgresql import base
from psycopg import Error

from rapport.rows.postgresql.straight import Asked, Row, Straight

# A kept statement is planned once a connection and never again for each value: planning a view's page takes longer than
# reading it. Compiling a plan to machine code pays for statements of seconds, and ours take milliseconds.
_SESSION = "SET plan_cache_mode = force_generic_plan; SET jit = off"
_TRUSTED_SECONDS = 30.0


class DatabaseWrapper(base.DatabaseWrapper):
    """One connection."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._straight: Straight | None = None
        self._trusted_until = 0.0

    def init_connection_state(self) -> None:
        """Django calls this when the connection is new, before anything is asked."""
        super().init_connection_state()
        with self.connection.cursor() as cursor:
            cursor.execute(_SESSION)
        self._straight = Straight(self.connection)

    def exchange(self, asked: Sequence[Asked]) -> list[list[Row]]:
        """The rows of kept statements, asked in one round trip. No hook of Django's hears of them."""
        self.close_if_health_check_failed()
        self.ensure_connection()
        self.validate_thread_sharing()
        self.validate_no_broken_transaction()
        with self.wrap_database_errors:
            return self._straight.exchange(asked)  # type: ignore[union-attr]  # made with the connection

    def schema_editor(self, *arguments: Any, **options: Any) -> Any:
        """Django's; what was planned for the tables as they were is planned anew."""
        if self._straight is not None:
            self._straight.forget()
        return super().schema_editor(*arguments, **options)

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
