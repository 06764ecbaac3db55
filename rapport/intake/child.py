"""The parse child: reads raw messages from its standard input, writes parsed ones to its standard output.

It runs as a program of its own, without Django, database, secrets or settings, under limits on memory, time and files,
so that a hostile message can take nothing down but this process, which the worker then starts anew.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from contextlib import suppress
from typing import BinaryIO

from rapport.channels.registry import adapter_for
from rapport.intake import budget, wire


def main() -> None:
    """Say that it is ready, then answer one message after another until the worker closes the pipe."""
    _limit_itself()
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    adapter_for("email").parse(b"")  # what reading needs is imported before the first message, which has a time limit
    _write(sink, [wire.frame(b"")])
    with suppress(EOFError):
        while True:
            _answer_one(source, sink)


def _answer_one(source: BinaryIO, sink: BinaryIO) -> None:
    """Read one message and answer it. Raises EOFError when there are no more.

    Out of memory it ends: what is left of the heap is of no use to the next message.
    """
    try:
        kind = wire.read_frame(_reader(source)).decode()
        raw = wire.read_frame(_reader(source))
        _allow(budget.cpu_seconds(len(raw)))
        _write(sink, wire.encode(adapter_for(kind).parse(raw)))
        _allow(0)
    except MemoryError:
        os._exit(budget.OUT_OF_MEMORY)


def _allow(seconds: float) -> None:
    """Processor time from now on, 0 for any; when it is over, the signal ends this process wherever it is."""
    signal.setitimer(signal.ITIMER_PROF, seconds)


def _write(sink: BinaryIO, pieces: list[bytes]) -> None:
    """One by one, because joined they would be in memory twice."""
    for piece in pieces:
        sink.write(piece)
    sink.flush()


def _reader(source: BinaryIO) -> wire.Read:
    def read(count: int) -> bytes:
        data = source.read(count)
        if len(data) < count:
            raise EOFError
        return data

    return read


def _limit_itself() -> None:
    """No core files, few open files, bounded memory, lowest claim to the processor."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    resource.setrlimit(resource.RLIMIT_DATA, (budget.MEMORY, budget.MEMORY))
    with suppress(OSError):
        os.nice(5)


if __name__ == "__main__":
    main()
