"""What one mail may cost its reader: memory, and time by its size. The child holds itself to it, the worker sees to it.

Memory is what the child's process has mapped writable for itself (RLIMIT_DATA): heap and anonymous mappings, without the
shared pages of the interpreter and its libraries. A limit on the address space would have to guess those, and one on
resident pages (RLIMIT_RSS) is ignored by Linux. A fresh child has 10 MB of it; a mail of 50 MB with a file in it needs
110 MB (docs/quality.md says how that was measured). Running into it is an ordinary MemoryError, at that very byte.

Time is the child's own processor time, so that a crowded machine does not make honest mails look hostile. The wall clock
is the worker's backstop for a child that does not even count (stopped, or waiting for something for ever).
"""

from __future__ import annotations

MEMORY = 256 * 1024 * 1024  # bytes of its own for the child, over all
LARGEST = 64 * 1024 * 1024  # bytes of a mail the child is given; its reader says itself where it stops before that
SPENT = 64 * 1024 * 1024  # bytes resident after a mail that make a child not worth keeping warm
OUT_OF_MEMORY = 77  # the exit code of a child that met the limit
_SECONDS = 2.0
_FREE_BYTES = 10 * 1024 * 1024
_SECONDS_A_BYTE = 0.1 / (1024 * 1024)
_WALL = 10.0


def cpu_seconds(size: int) -> float:
    """Processor time for a mail of `size` bytes: 2 s, and above 10 MB a tenth of a second for each further one.

    Measured on the two-core reference machine: 50 MB take 0.45 s, 9 ms a megabyte. A machine ten times as slow still
    reads the largest honest mail within its 6 s, and the smallest hostile one costs it no more than 2 s.
    """
    return _SECONDS + max(size - _FREE_BYTES, 0) * _SECONDS_A_BYTE


def wall_seconds(size: int) -> float:
    """How long the worker waits for a child that was given such a mail before it ends it."""
    return cpu_seconds(size) * _WALL
