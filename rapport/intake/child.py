"""The parse child: reads raw messages from its standard input, writes parsed ones to its standard output.

It runs as a program of its own, without Django, database, secrets or settings, under limits on memory and files, so
that a hostile message can take nothing down but this process, which the worker then starts anew.
"""

from __future__ import annotations

import os
import resource
import sys
from contextlib import suppress
from typing import BinaryIO

from rapport.channels.registry import adapter_for
from rapport.intake import wire

_MEMORY_LIMIT = 1024 * 1024 * 1024  # address space in bytes; the interpreter itself takes about a quarter of it


def main() -> None:
    """Answer one message after another until the worker closes the pipe."""
    _limit_itself()
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    adapter_for("email")  # imported before the first message, which has a time limit
    while True:
        try:
            kind = wire.read_frame(_reader(source)).decode()
            raw = wire.read_frame(_reader(source))
        except EOFError:
            return
        sink.write(wire.frame(_answer(kind, raw)))
        sink.flush()


def _answer(kind: str, raw: bytes) -> bytes:
    return wire.encode(adapter_for(kind).parse(raw))


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
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_LIMIT, _MEMORY_LIMIT))
    with suppress(OSError):
        os.nice(5)


if __name__ == "__main__":
    main()
