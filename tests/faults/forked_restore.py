"""Restores an archive in a forked process that is killed before its N-th step; a parent with Django ready forks anew.

It reads one order a line from its standard input (`at`: which step, 0 for none) and prints one answer a line, JSON both.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any


def main() -> None:
    from rapport.config import starting

    starting.start_django()
    from django.db import connections

    from rapport.backups import restoring

    connections.close_all()
    print(json.dumps({"ready": restoring.SIDE}), flush=True)
    for line in sys.stdin:
        print(json.dumps(_in_a_fork(json.loads(line))), flush=True)


def _in_a_fork(order: dict[str, Any]) -> dict[str, Any]:
    source, sink = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(source)
        try:
            with os.fdopen(sink, "w") as answer:
                json.dump(_restore(order), answer)
            os._exit(0)
        finally:
            os._exit(1)
    os.close(sink)
    with os.fdopen(source) as answer:
        told = answer.read()
    os.waitpid(pid, 0)
    return json.loads(told) if told else {"killed": True}


def _restore(order: dict[str, Any]) -> dict[str, Any]:
    from django.conf import settings

    from rapport.backups import restoring
    from rapport.backups.errors import BackupRefused
    from rapport.config import starting
    from tests.faults.stepping import Steps

    steps = Steps("kill" if order["at"] else "count", order["at"], str(settings.ENVIRONMENT.home))
    steps.install()
    try:
        restoring.restore(Path(order["archive"]), migrate=starting.migrate, progress=lambda *_: None)
    except BackupRefused as refused:
        return {"names": steps.names, "refused": str(refused)}
    return {"names": steps.names, "refused": ""}


if __name__ == "__main__":
    main()
