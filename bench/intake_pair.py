"""One round of two workers on one installation: both accept what comes in and process what waits, side by side.

Mails come in by two connections, in their order: as in life, an answer is handed over only after what it answers has
been acknowledged, though not yet processed. The clock runs until nothing waits any more.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
import time
from collections.abc import Sequence

from bench.corpus import Mail, generate
from bench.floor import WARM_UP
from bench.intake_round import check, child_ids
from bench.report import processor_seconds

WORKERS = 2
BATCH = 20
_PAUSE = 0.002

_forking = multiprocessing.get_context("fork")


class Handing:
    """Hands each mail to whoever asks next. Shared by the workers' processes."""

    def __init__(self, mails: Sequence[Mail]) -> None:
        self.mails = mails
        self._next = _forking.Value("q", 0)
        self._acknowledged = _forking.RawArray("b", len(mails))
        self._answered = _answered(mails)

    def take(self) -> int | None:
        """The number of the next mail, when what it answers has been acknowledged; None when there is no more."""
        with self._next.get_lock():
            number = int(self._next.value)
            self._next.value = number + 1
        if number >= len(self.mails):
            return None
        answered = self._answered.get(number)
        while answered is not None and not self._acknowledged[answered]:
            time.sleep(_PAUSE)
        return number

    def acknowledge(self, number: int) -> None:
        """The mail is stored: its sender has been told so."""
        self._acknowledged[number] = 1


def _answered(mails: Sequence[Mail]) -> dict[int, int]:
    """For each answer the place of the mail before it in its thread."""
    last: dict[str, int] = {}
    found = {}
    for number, mail in enumerate(mails):
        if mail.thread in last:
            found[number] = last[mail.thread]
        last[mail.thread] = number
    return found


def _work(warm_up: Handing, measured: Handing, gate: object, results: object) -> None:
    """One worker from its start to the moment when nothing waits; puts (begin, end, processor seconds)."""
    _until_nothing_waits(warm_up)
    pids = [os.getpid(), *child_ids()]
    spent = processor_seconds(*pids)
    gate.wait()  # type: ignore[attr-defined]
    began = time.monotonic()
    _until_nothing_waits(measured)
    ended = time.monotonic()
    results.put((began, ended, processor_seconds(*pids) - spent))  # type: ignore[attr-defined]


def _until_nothing_waits(handing: Handing) -> None:
    from rapport.channels.models import Inbox
    from rapport.intake import processing
    from rapport.intake.accepting import Envelope, Source, accept
    from rapport.intake.models import RawMessage

    inbox = Inbox.objects.select_related("team").get()
    all_handed = False
    while True:
        for _ in range(0 if all_handed else BATCH):
            number = handing.take()
            if number is None:
                all_handed = True
                break
            mail = handing.mails[number]
            accept(mail.raw, inbox=inbox, source=Source("door"), envelope=Envelope(mail.sender, [inbox.address]))
            handing.acknowledge(number)
        if processing.process_due(BATCH) or not all_handed:
            continue
        if not RawMessage.objects.filter(state=RawMessage.State.ACCEPTED).exists():
            return
        time.sleep(_PAUSE)


def main(count: str, seed: str) -> None:
    """Prints seconds and processor time as JSON, like bench.intake_round."""
    import django

    django.setup()
    mails = list(generate(WARM_UP + int(count), seed=int(seed)))
    warm_up, measured = Handing(mails[:WARM_UP]), Handing(mails[WARM_UP:])
    gate, results = _forking.Barrier(WORKERS), _forking.SimpleQueue()
    workers = [_forking.Process(target=_work, args=(warm_up, measured, gate, results)) for _ in range(WORKERS)]
    for worker in workers:
        worker.start()
    figures = [results.get() for _ in workers]
    for worker in workers:
        worker.join()
    check(mails)
    seconds = max(ended for _, ended, _ in figures) - min(began for began, _, _ in figures)
    print(json.dumps({"seconds": seconds, "cpu": sum(cpu for _, _, cpu in figures)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
