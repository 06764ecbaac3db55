"""Watching in a web process while no worker does: the silent one cannot tell that it is silent."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta

from django.db import connections

log = logging.getLogger(__name__)

LOOK_SECONDS = 30.0
# The worker looks every half minute; several web processes share the work while it does not.
SILENT_FOR = timedelta(seconds=60)
EVERY = timedelta(seconds=25)


def stand_in() -> bool:
    """Look and tell in the worker's place if it has not for a minute; whether that was done."""
    from rapport.reactions import schedule, watchers

    if not schedule.take_watch(SILENT_FOR, every=EVERY):
        return False
    watchers.watch(beside_worker=False)
    return True


def keep_watch(stopping: threading.Event) -> None:
    """Stand in whenever it is needed, until `stopping` is set."""
    while not stopping.wait(LOOK_SECONDS):
        try:
            stand_in()
        except Exception:
            log.exception("Nobody could look for silences")
        finally:
            connections.close_all()
