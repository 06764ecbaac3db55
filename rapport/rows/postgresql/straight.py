"""Kept statements of one connection straight by libpq: prepared once, and several of them in one round trip.

psycopg's cursor takes some 60 µs of our processor for a small statement, this 15; and each round trip wakes the server, then
us. Values are written and read by psycopg's own adapters, and errors are psycopg's own.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

from psycopg import errors, generators
from psycopg.adapt import AdaptersMap, PyFormat, Transformer
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.types.datetime import TimestamptzLoader
from psycopg.types.numeric import Int8Dumper

from rapport.rows.preparing import numbered

Row: TypeAlias = tuple[Any, ...]
Asked: TypeAlias = tuple[str, Sequence[Any]]
_Key: TypeAlias = tuple[str, tuple[int, ...]]  # a statement and the types of its values
MOST_KEPT = 400  # statements a connection
_GOOD = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)
# The server lost what was prepared (a pooler's reset, say), or a table is not what it was when that was planned.
_FORGOTTEN = (errors.InvalidSqlStatementName, errors.FeatureNotSupported)


class _Written(NamedTuple):
    """A statement with its values as they go to the server, None where it has none."""

    sql: str
    values: Any
    types: tuple[int, ...]
    formats: Any


class _Context:
    """How values are written and read: as Django has taught this connection, but for two things."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.adapters = AdaptersMap(connection.adapters)
        # Our moments are all in UTC, as psycopg reads them here; Django's own way is slower.
        self.adapters.register_loader("timestamptz", TimestamptzLoader)
        # Whole numbers are of one type: else small and large ones were statements of their own.
        self.adapters.register_dumper(int, Int8Dumper)


class Straight:
    """What is prepared on one connection of psycopg's."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._libpq = connection.pgconn
        self._values = Transformer(_Context(connection))
        self._names: OrderedDict[_Key, bytes] = OrderedDict()
        self._made = 0
        # Of the exchange in hand: how many commands it has, and which of them prepares what.
        self._commands = 0
        self._new: dict[_Key, int] = {}

    def exchange(self, asked: Sequence[Asked]) -> list[list[Row]]:
        """The rows of each statement (in Django's notation, with its values): done one after the other, in one round trip.

        A transaction that is due to begin begins with them. When one fails, its error is raised and none after it is
        done. What the server forgot is prepared anew, but not within a transaction.
        """
        with self._connection.lock:
            try:
                return self._exchange(asked)
            except _FORGOTTEN:
                if self._libpq.transaction_status != TransactionStatus.IDLE:
                    raise
                return self._exchange(asked)

    def forget(self) -> None:
        """Prepare everything anew when it is asked again: the tables may have changed."""
        self._names.clear()

    def _exchange(self, asked: Sequence[Asked]) -> list[list[Row]]:
        written = [
            self._written(sql, given) for sql, given in asked
        ]  # first, for a value may be none that can be written
        self._libpq.enter_pipeline_mode()
        try:
            self._commands, self._new = 0, {}
            self._begin()
            places = [self._send(one) for one in written]
            self._libpq.pipeline_sync()
            found = self._received(self._commands)
            self._libpq.exit_pipeline_mode()
        except BaseException:  # nobody knows whose answer would come next
            self._connection.close()
            raise
        for result in found:
            if result.status not in _GOOD:
                raise self._refused(result, found)
        return [self._rows(found[place]) for place in places]

    def _refused(self, result: Any, found: Sequence[Any]) -> Exception:
        """What to raise for a command that failed. What was prepared stays so, also where its transaction does not; of
        what was to be prepared after it nothing is."""
        error: Exception = errors.error_from_result(result, encoding=self._connection.info.encoding)
        if isinstance(error, _FORGOTTEN):
            self.forget()
        for key, place in self._new.items():
            if found[place].status not in _GOOD:
                self._names.pop(key, None)
        return error

    def _written(self, sql: str, given: Sequence[Any]) -> _Written:
        if not given:
            return _Written(sql, None, (), None)
        values = self._values.dump_sequence(given, [PyFormat.AUTO] * len(given))
        return _Written(sql, values, self._values.types or (), self._values.formats)

    def _begin(self) -> None:
        """Begin a transaction where Django has said so."""
        if not self._connection.autocommit and self._libpq.transaction_status == TransactionStatus.IDLE:
            self._command(b"BEGIN")

    def _command(self, sql: bytes) -> None:
        self._libpq.send_query_params(sql, None)
        self._commands += 1

    def _send(self, one: _Written) -> int:
        """Send one statement, prepared before if it is new here; the place of its answer."""
        key = (one.sql, one.types)
        name = self._names.get(key)
        if name is None:
            name = self._prepare(key)
        else:
            self._names.move_to_end(key)
        self._libpq.send_query_prepared(name, one.values, param_formats=one.formats)
        self._commands += 1
        return self._commands - 1

    def _prepare(self, key: _Key) -> bytes:
        if len(self._names) >= MOST_KEPT:
            self._command(b"DEALLOCATE " + self._names.popitem(last=False)[1])
        self._made += 1
        name = self._names[key] = b"kept_%d" % self._made
        self._libpq.send_prepare(name, numbered(key[0]).encode(), param_types=key[1])
        self._new[key] = self._commands
        self._commands += 1
        return name

    def _received(self, number: int) -> list[Any]:
        wait, libpq = self._connection.wait, self._libpq
        wait(generators.send(libpq))
        found = [wait(generators.fetch_many(libpq))[-1] for _ in range(number)]
        wait(generators.fetch_many(libpq))  # the end of the exchange
        return found

    def _rows(self, result: Any) -> list[Row]:
        if result.status != ExecStatus.TUPLES_OK:
            return []
        self._values.set_pgresult(result)
        rows: list[Row] = self._values.load_rows(0, result.ntuples, tuple)
        return rows
