"""A parse child that does to its limits what a mail says, for the tests: `spin`, `gobble`, `hold`, `abort`, `stop`."""

from __future__ import annotations

import os
import signal
import time

from rapport.channels.contract import Inbound
from rapport.channels.email.adapter import EmailAdapter
from rapport.intake import budget, child

_read = EmailAdapter.parse
_MEGABYTE = 1024 * 1024


def _parse(adapter: EmailAdapter, raw: bytes) -> list[Inbound]:
    kept: list[bytearray] = []
    if b"gobble" in raw:
        kept += (bytearray(_MEGABYTE) for _ in range(2 * budget.MEMORY // _MEGABYTE))
    if b"hold" in raw:
        kept.append(bytearray(100 * _MEGABYTE))
        time.sleep(60)
    if b"abort" in raw:
        os.abort()
    if b"stop" in raw:
        os.kill(os.getpid(), signal.SIGSTOP)
    end = time.process_time() + 6
    while b"spin" in raw and time.process_time() < end:
        pass
    return _read(adapter, raw)


if __name__ == "__main__":
    setattr(EmailAdapter, "parse", _parse)  # noqa: B010 - mypy refuses the plain assignment
    child.main()
