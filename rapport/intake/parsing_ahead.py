"""One stored arrival on its way through the parse child, so that the next is parsed while this one is being stored."""

from __future__ import annotations

from rapport.channels.contract import Inbound
from rapport.files import storing
from rapport.intake.errors import ParseFailed
from rapport.intake.models import RawMessage
from rapport.intake.parsing_child import ParseChild


class Parsing:
    """Begins at once; what goes wrong is kept for result(), where it concerns this arrival and no other."""

    def __init__(self, row: RawMessage, child: ParseChild) -> None:
        self.row = row
        self.raw = b""
        self._child = child
        self._parsed: list[Inbound] = []
        self._error: Exception | None = None
        try:
            self.raw = storing.read(row.sha256)
            child.ask(self.raw, kind=row.channel)
        except Exception as error:
            self._error = error

    def wait(self) -> None:
        """Take the child's answer, so that it is free for the next arrival. Raises nothing."""
        try:
            if self._error is None:
                self._parsed = self._child.answer()
        except Exception as error:
            self._error = error
        if isinstance(self._error, ParseFailed):
            self._ask_again()

    def result(self) -> list[Inbound]:
        """The parsed messages. Raises what went wrong: ParseFailed, FileMissing or OSError."""
        if self._error is not None:
            raise self._error
        return self._parsed

    def _ask_again(self) -> None:
        """Ask a second child at once: the first may have been killed, and answers wait behind this mail."""
        try:
            self._parsed, self._error = self._child.parse(self.raw, kind=self.row.channel), None
        except Exception as error:
            self._error = error
