"""Restores an archive in a forked process that is killed before its N-th step; a parent with Django ready forks anew.

It reads one order a line from its standard input (`at`: which step, 0 for none) and prints one answer a line, JSON both.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.faults.forking import serve


def main() -> None:
    from rapport.config import starting

    starting.start_django()
    from django.db import connections

    from rapport.backups import restoring

    connections.close_all()
    serve(_restore, ready={"ready": restoring.SIDE})


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
