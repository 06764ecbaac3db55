"""A thread for each way out that has something to send, so that a server that hangs delays nobody else's mail."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

import structlog
from django.db import close_old_connections, connections

from rapport.kit import clock, owning
from rapport.outbox import retrying, sending
from rapport.outbox.models import Delivery
from rapport.outbox.sending import Lane
from rapport.people import installing

log = structlog.get_logger(__name__)

MOST = 8  # each costs a thread and a connection to the database; more ways than these wait for one to be free
RENEW_SECONDS = 15.0


class Lanes:
    """The lanes of one worker. `ring` is called when one of them has come to its end."""

    def __init__(self, ring: Callable[[], None] = lambda: None) -> None:
        self.ring = ring
        self._lock = threading.Lock()
        self._threads: dict[Lane, threading.Thread] = {}
        self._in_hand: dict[Lane, int] = {}
        self._broken: Exception | None = None
        self._ending = False
        self._renew_at: float | None = None

    def work(self) -> int:
        """Start what is due and not at work yet; how many were started. Never waits for a server.

        Raises what ended a lane unexpectedly.
        """
        if self._renew_at is None:
            retrying.recover_interrupted(own=True)
        self._renew()
        broken, self._broken = self._broken, None
        if broken is not None:
            raise broken
        if installing.is_held():
            return 0
        sending.mind_the_clock()
        busy = self._busy()
        return sum(map(self._start, sending.lanes_due(besides=busy)[: max(0, MOST - len(busy))]))

    def next_due_at(self) -> datetime | None:
        """When a lane that is not at work has something to do; None while a restored copy is on hold."""
        busy = self._busy()
        if installing.is_held() or len(busy) >= MOST:
            return None
        return sending.next_due_at(besides=busy)

    def end(self, seconds: float) -> None:
        """Let each finish the delivery it has in hand, for at most so long altogether."""
        self._ending = True
        deadline = clock.monotonic() + seconds
        for thread in list(self._threads.values()):
            thread.join(max(0.0, deadline - clock.monotonic()))

    def _busy(self) -> set[Lane]:
        with self._lock:
            return set(self._threads)

    def _start(self, lane: Lane) -> bool:
        with self._lock:
            if self._ending or lane in self._threads:
                return False
            thread = threading.Thread(target=self._run, args=(lane,), daemon=True, name=f"outbox-{lane.inbox_id}")
            self._threads[lane] = thread
        thread.start()
        return True

    def _run(self, lane: Lane) -> None:
        try:
            while not self._ending and not installing.is_held() and (delivery := sending.claim(lane)):
                self._in_hand[lane] = delivery.pk
                close_old_connections()
                sending.send(delivery, lane)
        except Exception as error:
            log.exception("lane_broke", lane=lane)
            self._broken = error
        finally:
            connections.close_all()
            with self._lock:
                self._in_hand.pop(lane, None)
                del self._threads[lane]
            # Something may have come between its last look and its end.
            self.ring()

    def _renew(self) -> None:
        """Keep the claims on what is being sent, so that nobody takes it for a dead worker's."""
        if self._renew_at is not None and clock.monotonic() < self._renew_at:
            return
        self._renew_at = clock.monotonic() + RENEW_SECONDS
        own = Delivery.objects.filter(state=Delivery.State.SENDING, claimed_by=owning.this_process())
        own.filter(pk__in=list(self._in_hand.values())).update(claimed_until=clock.now() + sending.CLAIM)
