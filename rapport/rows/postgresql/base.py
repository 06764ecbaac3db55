"""The database engine that the settings name: Django's own, but for how a session begins, how it is looked after, and a
way for kept statements."""

from __future__ import annotations

import select
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from django.db import DatabaseError
from django.db.backends.postgresql import base
from psycopg import Error

from rapport.rows.postgresql.straight import Asked, Row, Sent, Straight

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
        self._bit_by_bit: list[Any] = []  # cursors of the server's

    def init_connection_state(self) -> None:
        """Django calls this when the connection is new, before anything is asked."""
        super().init_connection_state()
        with self.connection.cursor() as cursor:
            cursor.execute(_SESSION)
        self._straight = Straight(self.connection)

    def exchange(self, asked: Sequence[Asked]) -> list[list[Row]]:
        """The rows of kept statements, asked in one round trip. No hook of Django's hears of them."""
        straight = self._ready()
        with self.wrap_database_errors:
            return straight.exchange(asked)

    def send(self, asked: Sequence[Asked]) -> list[Sent]:
        """Ask the same without waiting; `answer` has the rows of each. Whatever else is done on the connection waits
        for them first; but somebody who fetches rows bit by bit asks without a word to us, so nothing stays on its way
        meanwhile."""
        straight = self._ready()
        with self.wrap_database_errors:
            sent = straight.send(asked)
            self._bit_by_bit = [cursor for cursor in self._bit_by_bit if not cursor.closed]
            if self._bit_by_bit:
                straight.finish()
        return sent

    def write(self, sql: str, values: Sequence[Any]) -> None:
        """Have a kept statement done that writes, without waiting; see Straight."""
        straight = self._ready()
        with self.wrap_database_errors:
            straight.write((sql, values))

    def answer(self, sent: Sent) -> list[Row]:
        """The rows of what was sent."""
        with self.wrap_database_errors:
            return self._straight.rows(sent)  # type: ignore[union-attr]  # who sent something has it

    def finish(self) -> None:
        """Wait for all that is on its way."""
        if self._straight is not None and self.connection is not None:
            with self.wrap_database_errors:
                self._straight.finish()

    def _ready(self) -> Straight:
        self.close_if_health_check_failed()
        self.ensure_connection()
        self.validate_thread_sharing()
        self.validate_no_broken_transaction()
        return self._straight  # type: ignore[return-value]  # made with the connection

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Django's; what was on its way by another one is lost."""
        self._straight = None
        return super().get_new_connection(conn_params)

    def create_cursor(self, name: str | None = None) -> Any:
        """Django's, once nothing is on its way."""
        self.finish()
        cursor = super().create_cursor(name)
        if name is not None:
            self._bit_by_bit.append(cursor)
        return cursor

    def _savepoint(self, sid: str) -> None:
        self._say_first(self.ops.savepoint_create_sql(sid))

    def _savepoint_commit(self, sid: str) -> None:
        self.finish()  # what fails within it is undone with it
        self._say_first(self.ops.savepoint_commit_sql(sid))

    def _savepoint_rollback(self, sid: str) -> None:
        if self._straight is not None:
            with self.wrap_database_errors:
                self._straight.undo(everything=False)
        super()._savepoint_rollback(sid)  # type: ignore[misc]

    def _say_first(self, command: str) -> None:
        """A command that has no answer goes with what is asked next, unless somebody looks on."""
        if self.execute_wrappers or self.queries_logged:
            with self.cursor() as cursor:
                cursor.execute(command)
        else:
            self._ready().say_first(command)

    def _commit(self) -> None:
        if self._straight is None or self.queries_logged or not self._straight.is_busy():
            super()._commit()  # type: ignore[misc]  # the stubs leave it out
            return
        with self.wrap_database_errors:
            self._straight.commit()

    def _rollback(self) -> None:
        if self._straight is not None:
            with suppress(Error):
                self._straight.undo(everything=True)
        super()._rollback()  # type: ignore[misc]

    def _set_autocommit(self, autocommit: bool) -> None:
        self.finish()
        super()._set_autocommit(autocommit)  # type: ignore[misc]

    def schema_editor(self, *arguments: Any, **options: Any) -> Any:
        """Django's; what was planned for the tables as they were is planned anew."""
        if self._straight is not None:
            self._straight.forget()
        return super().schema_editor(*arguments, **options)

    def is_usable(self) -> bool:
        """Django asks this at the start of each request. A server that ends a connection says so, or its system does:
        where nothing came in and the server answered a moment ago, it is not asked once more."""
        try:
            self.finish()
        except DatabaseError:  # what was on its way was lost with the connection
            return False
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
