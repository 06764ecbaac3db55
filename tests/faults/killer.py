"""kill -9 at points drawn from a seed, while work goes on."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.faults import installation
from tests.servers.product import Product

EVERYTHING = "everything"
# Who is killed, and how often compared with the others.
READER = "rapport.intake.child"
VICTIMS = {"rapport-worker": 5, "rapport-web": 2, READER: 2, EVERYTHING: 3}
LONGEST_WAIT = 15.0
_IN_HAND = "SELECT id FROM intake_rawmessage WHERE state = 'accepted' AND claimed_until IS NOT NULL"


@dataclass
class Killer:
    """Kills one of the product's processes, or all of them and starts it anew, as its supervisor would."""

    product: Product
    rng: random.Random
    killed: Counter[str] = field(default_factory=Counter)
    moments: list[float] = field(default_factory=list)
    read_by_the_dead: set[int] = field(default_factory=set)

    def kill(self) -> None:
        """One kill, chosen by the seed. A victim that does not run at this moment stands for the whole group."""
        victim = self.rng.choices(list(VICTIMS), list(VICTIMS.values()))[0]
        time.sleep(self.rng.uniform(0, 0.1))
        if victim == READER and not self._reader_may_die():
            victim = EVERYTHING
        self.moments.append(time.monotonic())
        try:
            if victim != EVERYTHING:
                self.product.kill(victim)
                self.killed[victim] += 1
                return
        except (LookupError, ProcessLookupError):
            pass
        self.product.kill_all()
        self.killed[EVERYTHING] += 1
        self.product.start()

    def _reader_may_die(self) -> bool:
        """Whether what its forerunner may have died over is read by now.

        A mail whose reader dies twice is parked and shown, by design (test_poison.py): this is not about that.
        """
        in_hand = {pk for (pk,) in installation.rows(self.product, _IN_HAND)}
        if in_hand & self.read_by_the_dead:
            return False
        self.read_by_the_dead = in_hand
        return True

    def wait_for(self, reached: Callable[[], bool]) -> None:
        """Wait until the work has come so far, at most a little while: the next kill must not wait for recovery."""
        end = time.monotonic() + LONGEST_WAIT
        while not reached() and time.monotonic() < end:
            time.sleep(0.005)
