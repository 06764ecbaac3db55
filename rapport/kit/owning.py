"""Who holds a claim or a lease: a process, by the machine's name and its id there."""

from __future__ import annotations

import os
import socket

_HOST_CHARS = 60


def this_process() -> str:
    """How this process signs what it holds: host and process id, at most 80 characters."""
    return f"{_host()}/{os.getpid()}"


def is_gone(name: str) -> bool:
    """Whether a holder was a process of this machine that is no more. Of other machines nobody can tell: then False."""
    host, _, pid = name.rpartition("/")
    if host != _host() or not pid.isdecimal():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


def _host() -> str:
    return socket.gethostname()[:_HOST_CHARS]
