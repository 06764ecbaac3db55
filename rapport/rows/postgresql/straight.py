"""Kept statements of one connection straight by libpq: prepared once, several of them in one round trip, and answers taken
when they are wanted, so that the server works while we do.

psycopg's cursor takes some 60 µs of our processor for a small statement, this 15; and each round trip wakes the server, then
us. Values are written and read by psycopg's own adapters, and errors are psycopg's own.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
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


class Sent:
    """A statement on its way, or its answer. `before`: how many answers come before its own, of what had to be said first;
    the last of them says that it is prepared under the name `prepared`, if it is new."""

    __slots__ = ("asked", "before", "error", "is_undone", "prepared", "result")

    def __init__(self, asked: Asked, before: int, prepared: tuple[_Key, bytes] | None = None) -> None:
        self.asked = asked
        self.before = before
        self.prepared = prepared
        self.result: Any = None
        self.error: Exception | None = None
        self.is_undone = False  # one before it failed


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
    """What is prepared on one connection of psycopg's, and what is on its way."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._libpq = connection.pgconn
        self._values = Transformer(_Context(connection))
        self._names: OrderedDict[_Key, bytes] = OrderedDict()
        self._made = 0
        # In the order of the answers; None where a round trip ends.
        self._under_way: deque[Sent | None] = deque()
        self._failed: Exception | None = None
        self._first: list[bytes] = []
        self._owed: deque[Sent] = deque()
        self._broken: Exception | None = None

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

    def send(self, asked: Sequence[Asked]) -> list[Sent]:
        """The same without waiting for an answer: `rows` has them. Before anything else is done on the connection, `finish`."""
        with self._connection.lock:
            return self._send(asked)

    def write(self, asked: Asked) -> None:
        """Have a row written and do not wait. Should it fail, whatever is waited for raises its error until it is undone."""
        with self._connection.lock:
            self._owed += self._send([asked])

    def say_first(self, command: str) -> None:
        """Have the server hear this in front of what it is asked next; nobody waits for it."""
        self._first.append(command.encode())

    def undo(self, *, everything: bool) -> None:
        """What was written is about to be undone, so that its errors concern nobody; with `everything`, what the server was
        to hear first need not be said either."""
        with self._connection.lock:
            if everything:
                self._first.clear()
            elif self._first:
                self._send([])
            self._receive()
        self._owed.clear()
        self._broken = None

    def rows(self, sent: Sent) -> list[Row]:
        """What was answered; waits for it. One that was undone because another failed is asked anew, and so is what the
        server forgot, but not within a transaction."""
        with self._connection.lock:
            self._receive(sent)
            self._pay()
            if sent.error is None and sent.result is not None:
                return self._rows(sent.result)
            self._receive()
            if sent.result is None and sent.error is None:  # it went by a connection that is no more
                return self._exchange([sent.asked])[0]
            is_free = self._libpq.transaction_status == TransactionStatus.IDLE
            if is_free and (sent.is_undone or isinstance(sent.error, _FORGOTTEN)):
                return self._exchange([sent.asked])[0]
            raise sent.error  # type: ignore[misc]  # it is one

    def finish(self) -> None:
        """Wait for all that is on its way; its answers are kept. Raises the error of what was to be written."""
        if not self.is_busy():
            return
        with self._connection.lock:
            if self._first:
                self._send([])
            self._receive()
            self._pay()

    def is_busy(self) -> bool:
        """Whether something is on its way, or is to be said first."""
        return bool(self._under_way or self._first or self._broken)

    def commit(self) -> None:
        """End the transaction in one round trip with all that is on its way. Raises the first error of that, or its own:
        a transaction in which something failed is undone by the server, and that is no commit."""
        with self._connection.lock:
            if self._broken is not None:
                self._pay()
            self._first.append(b"COMMIT")
            [ending] = self._send([])
            self._receive()
            self._pay()
            if ending.error is not None:
                raise ending.error
            if ending.result.command_status != b"COMMIT":
                raise errors.InFailedSqlTransaction("Something failed in this transaction, so it was undone.")

    def forget(self) -> None:
        """Prepare everything anew when it is asked again: the tables may have changed."""
        self._names.clear()

    def _exchange(self, asked: Sequence[Asked]) -> list[list[Row]]:
        sent = self._send(asked)
        self._receive()
        self._pay()
        for one in sent:
            if one.error is not None:
                raise one.error
        return [self._rows(one.result) for one in sent]

    def _send(self, asked: Sequence[Asked]) -> list[Sent]:
        # First, for a value may be none that can be written.
        written = [self._written(sql, given) for sql, given in asked]
        with self._in_step():
            if not self._under_way:
                self._libpq.enter_pipeline_mode()
            before = self._begin()
            sent = []
            for one, whole in zip(asked, written, strict=True):
                said, prepared = self._say(whole)
                sent.append(Sent(one, before + said, prepared))
                before = 0
            if before:  # nothing is asked, it is only to be said
                sent.append(Sent(("", ()), before - 1))
            self._libpq.pipeline_sync()
            self._under_way += [*sent, None]
            self._connection.wait(generators.send(self._libpq))
        return sent

    def _receive(self, wanted: Sent | None = None) -> None:
        """Take answers in until this one has come; without one, all of them."""
        if wanted is not None and (wanted.result is not None or wanted.error is not None):
            return
        with self._in_step():
            while self._under_way:
                one = self._under_way.popleft()
                if one is None:
                    self._next()
                    self._failed = None
                    if not self._under_way:
                        self._libpq.exit_pipeline_mode()
                    continue
                self._answer(one, [self._next() for _ in range(one.before + 1)])
                if one is wanted:
                    return

    def _pay(self) -> None:
        """Raise the error of what was to be written, of that which has come; again and again, until it is undone."""
        while self._owed and (self._owed[0].result is not None or self._owed[0].error is not None):
            failed = self._owed.popleft().error
            self._broken = self._broken or failed
        if self._broken is not None:
            self._receive()
            raise self._broken

    def _answer(self, one: Sent, results: list[Any]) -> None:
        for result in results:
            if result.status in _GOOD:
                continue
            if self._failed is None:
                self._failed = errors.error_from_result(result, encoding=self._connection.info.encoding)
                if isinstance(self._failed, _FORGOTTEN):
                    self.forget()
            else:
                one.is_undone = one.is_undone or one.error is None
            one.error = self._failed
        # What is prepared stays so, also where its transaction does not; what was to be prepared after a failure is not.
        if (
            one.prepared is not None
            and results[-2].status not in _GOOD
            and self._names.get(one.prepared[0]) == one.prepared[1]
        ):
            del self._names[one.prepared[0]]
        one.result = results[-1]

    def _next(self) -> Any:
        return self._connection.wait(generators.fetch_many(self._libpq))[-1]

    @contextmanager
    def _in_step(self) -> Iterator[None]:
        """When something breaks off within it, nobody knows whose answer would come next, and the connection ends."""
        try:
            yield
        except BaseException as error:
            for one in self._under_way:
                if one is not None and isinstance(error, Exception):
                    one.error = error
            self._under_way.clear()
            self._connection.close()
            raise

    def _written(self, sql: str, given: Sequence[Any]) -> _Written:
        if not given:
            return _Written(sql, None, (), None)
        values = self._values.dump_sequence(given, [PyFormat.AUTO] * len(given))
        return _Written(sql, values, self._values.types or (), self._values.formats)

    def _begin(self) -> int:
        """Begin a transaction where Django has said so, and say what comes first; how many answers come for that."""
        is_due = not self._connection.autocommit and self._libpq.transaction_status == TransactionStatus.IDLE
        said, self._first = [*([b"BEGIN"] if is_due else []), *self._first], []
        for command in said:
            self._libpq.send_query_params(command, None)
        return len(said)

    def _say(self, one: _Written) -> tuple[int, tuple[_Key, bytes] | None]:
        """Send one statement, prepared before if it is new here; how many answers come besides its own, and its new name."""
        key = (one.sql, one.types)
        name, extra, prepared = self._names.get(key), 0, None
        if name is None:
            name, extra = self._prepare(key)
            prepared = key, name
        else:
            self._names.move_to_end(key)
        self._libpq.send_query_prepared(name, one.values, param_formats=one.formats)
        return extra, prepared

    def _prepare(self, key: _Key) -> tuple[bytes, int]:
        extra = 1
        if len(self._names) >= MOST_KEPT:
            self._libpq.send_query_params(b"DEALLOCATE " + self._names.popitem(last=False)[1], None)
            extra += 1
        self._made += 1
        name = self._names[key] = b"kept_%d" % self._made
        self._libpq.send_prepare(name, numbered(key[0]).encode(), param_types=key[1])
        return name, extra

    def _rows(self, result: Any) -> list[Row]:
        if result.status != ExecStatus.TUPLES_OK:
            return []
        self._values.set_pgresult(result)
        rows: list[Row] = self._values.load_rows(0, result.ntuples, tuple)
        return rows
