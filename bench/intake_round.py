"""One round of the product's own intake, inside an installation's environment: accept and process, one worker."""

from __future__ import annotations

import cProfile
import json
import os
import pstats
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from bench.corpus import Mail, generate
from bench.floor import WARM_UP
from bench.report import processor_seconds

BATCH = 20


def take(mails: Sequence[Mail], *, react: bool = False) -> float:
    """Accept and process every mail, a batch at a time as the worker does; the seconds that took.

    A batch is what a busy door has from its connections, or an import from a folder: accepted at once, then processed.
    """
    from rapport.channels.models import Inbox
    from rapport.intake import processing
    from rapport.intake.accepting import Arriving, Envelope, Source, accept_all

    inbox = Inbox.objects.select_related("team").get()
    started = time.perf_counter()
    for at in range(0, len(mails), BATCH):
        batch = mails[at : at + BATCH]
        accept_all([Arriving(one.raw, inbox, Source("door"), Envelope(one.sender, [inbox.address])) for one in batch])
        while processing.process_due(BATCH):
            pass
        if react:
            _react()
    return time.perf_counter() - started


def _react() -> None:
    from rapport.reactions import running

    while running.run_due(50):
        pass


def child_ids() -> list[int]:
    """The parse child of this process, warm since the warm-up."""
    children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()
    return [int(pid) for pid in children]


def check(mails: Sequence[Mail]) -> None:
    """Every mail is one message, each thread is one conversation of its own, and a mail's token finds it."""
    from rapport.conversations.models import Conversation, Message
    from rapport.search import finding

    threads = {mail.thread for mail in mails}
    stored = list(Message.objects.filter(kind="customer").values_list("external_id", "conversation_id"))
    found = (len(stored), Conversation.objects.count())
    if found != (len(mails), len(threads)):
        raise SystemExit(f"messages and conversations: {found} instead of {(len(mails), len(threads))}")
    thread_of = {mail.message_id: mail.thread for mail in mails}
    pairs = {(thread_of[external.strip("<>")], conversation) for external, conversation in stored}
    if len(pairs) != len(threads):
        raise SystemExit(f"{len(pairs)} pairs of thread and conversation instead of {len(threads)}")
    missing = [
        mail.token for mail in mails[:: max(1, len(mails) // 50)] if len(finding.conversation_ids(mail.token)) != 1
    ]
    if missing:
        raise SystemExit(f"not found by search: {missing[:5]}")


def profile(mails: Sequence[Mail]) -> str:
    """The costliest functions of intake in this process (the parse child's time shows as waiting for it)."""
    profiler = cProfile.Profile()
    profiler.runcall(take, mails)
    stats = pstats.Stats(profiler, stream=sys.stdout)
    stats.strip_dirs().sort_stats("cumulative").print_stats(70)
    stats.sort_stats("tottime").print_stats(35)
    return ""


def main(how: str, count: str, seed: str) -> None:
    """`how`: plain, react (what follows from the events too) or profile. Prints seconds and processor time as JSON."""
    import django

    django.setup()
    mails = list(generate(WARM_UP + int(count), seed=int(seed)))
    take(mails[:WARM_UP], react=how == "react")
    if how == "profile":
        print(profile(mails[WARM_UP:]))
        return
    pids = [os.getpid(), *child_ids()]
    spent = processor_seconds(*pids)
    seconds = take(mails[WARM_UP:], react=how == "react")
    cpu = processor_seconds(*pids) - spent
    check(mails)
    print(json.dumps({"seconds": seconds, "cpu": cpu}))


if __name__ == "__main__":
    main(*sys.argv[1:])
