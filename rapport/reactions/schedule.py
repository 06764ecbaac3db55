"""What runs when: work that no event causes. Each entry is a leased row, so one worker at a time does it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from rapport.kit import clock
from rapport.reactions.models import ScheduledRun

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=10)
HEARTBEAT = "loop:"
WATCH = "watch"


@dataclass(frozen=True, slots=True)
class Entry:
    """One piece of scheduled work: run at most once each `every`, by whichever worker comes first."""

    name: str
    every: timedelta
    run: Callable[[], object]


def recover_interrupted() -> None:
    """Deliveries that a killed worker left in "sending" become "possibly sent", for a person to decide."""
    from rapport.outbox import retrying

    retrying.recover_interrupted()


def forget_uploads() -> None:
    """Files that somebody attached and never sent; what a draft still names stays."""
    from rapport.conversations import drafting
    from rapport.files import attaching

    attaching.forget_old_uploads(keep=drafting.uploads())


def forget_sessions() -> None:
    """Sessions that ended by their age."""
    from django.contrib.sessions.models import Session

    Session.objects.filter(expire_date__lt=clock.now()).delete()


def forget_pictures() -> None:
    """Pictures drawn for pages, long ago."""
    from rapport.files import picturing

    picturing.forget_unused()


def forget_awaited() -> None:
    """Message-IDs that answers named and that never came."""
    from rapport.conversations import referencing

    referencing.forget_awaited()


def tell_later() -> None:
    """Notifications by mail that were held back, and digests."""
    from rapport.notifications import summarising

    summarising.send_due()


def push_later() -> None:
    """Pushes that were held back."""
    from rapport.notifications import pushing

    pushing.send_held()


def forget_devices() -> None:
    """Browsers in which nobody is signed in any more."""
    from rapport.notifications import subscribing

    subscribing.forget_old()


def forget_notifications() -> None:
    """What people were told long ago."""
    from rapport.notifications import summarising

    summarising.forget_old()


def forget_submissions() -> None:
    """Forms that were sent days ago and that nobody will send again."""
    from rapport.people import submitting

    submitting.forget_old()


def renew_consents() -> None:
    """Tokens of providers that are about to end, also for lines that stay open for long."""
    from rapport.channels import connecting

    connecting.renew_consents()


def fold_counts() -> None:
    """Small changes of the views' counts become sums."""
    from rapport.conversations import counting

    counting.fold()


def watch() -> None:
    """Look for silences, open and end alarms, tell people."""
    from rapport.reactions import watchers

    watchers.watch()


SCHEDULE: list[Entry] = [
    Entry("recover interrupted deliveries", timedelta(seconds=30), recover_interrupted),
    Entry("forget unsent uploads", timedelta(hours=1), forget_uploads),
    Entry("forget drawn pictures", timedelta(hours=24), forget_pictures),
    Entry("forget ended sessions", timedelta(hours=6), forget_sessions),
    Entry("forget awaited mails", timedelta(hours=24), forget_awaited),
    Entry("write held notifications", timedelta(minutes=1), tell_later),
    Entry("push held notifications", timedelta(minutes=1), push_later),
    Entry("forget devices", timedelta(hours=6), forget_devices),
    Entry("forget notifications", timedelta(hours=24), forget_notifications),
    Entry("forget sent forms", timedelta(hours=6), forget_submissions),
    Entry("renew consents", timedelta(minutes=2), renew_consents),
    Entry("fold counts", timedelta(minutes=1), fold_counts),
    # Last, because telling people waits for mail servers.
    Entry(WATCH, timedelta(seconds=30), watch),
]


def prepare() -> None:
    """Make the rows of new entries and drop those of entries that are no more."""
    names = [entry.name for entry in SCHEDULE]
    ScheduledRun.objects.bulk_create([ScheduledRun(name=name) for name in names], ignore_conflicts=True)
    ScheduledRun.objects.exclude(Q(name__in=names) | Q(name__startswith=HEARTBEAT)).delete()


def run_due() -> int:
    """Run every entry whose time has come and that no other worker holds; how many were run."""
    now = clock.now()
    times = dict(ScheduledRun.objects.filter(_free(now)).values_list("name", "next_at"))
    return sum(_run(entry) for entry in SCHEDULE if entry.name in times and _is_due(entry, times[entry.name], now))


def next_due_at() -> datetime | None:
    """When the next entry's time comes."""
    rows = ScheduledRun.objects.exclude(name__startswith=HEARTBEAT).order_by("next_at")
    found = rows.values_list("next_at", "leased_until").first()
    return max(each for each in found if each) if found else None


def next_reaction_at() -> datetime | None:
    """When a failed reaction is tried again or the claim of a killed worker runs out."""
    from rapport.reactions import running

    return running.next_due_at()


def next_release_at() -> datetime | None:
    """When the next held reply goes out."""
    from rapport.conversations.models import Message

    held = Message.objects.filter(state=Message.State.HELD, release_at__isnull=False)
    return held.order_by("release_at").values_list("release_at", flat=True).first()


def next_waking_at() -> datetime | None:
    """When the next snoozed conversation wakes."""
    from rapport.conversations.models import Conversation

    snoozed = Conversation.objects.filter(status=Conversation.Status.SNOOZED, snoozed_until__isnull=False)
    return snoozed.order_by("snoozed_until").values_list("snoozed_until", flat=True).first()


def next_raw_message_at() -> datetime | None:
    """When an arrival whose processing failed is tried again."""
    from rapport.intake.models import RawMessage

    waiting = RawMessage.objects.filter(state=RawMessage.State.ACCEPTED)
    return waiting.order_by("next_try_at").values_list("next_try_at", flat=True).first()


def beat(loops: Iterable[str]) -> None:
    """Note that these loops of a worker are alive, in one small write; the status page reads it."""
    names = [HEARTBEAT + loop for loop in loops]
    now = clock.now()
    if ScheduledRun.objects.filter(name__in=names).update(last_success_at=now, last_error="") < len(names):
        ScheduledRun.objects.bulk_create(
            [ScheduledRun(name=name, last_success_at=now) for name in names], ignore_conflicts=True
        )


def note_failure(loop: str, error: str) -> None:
    """Note why a loop of a worker ended; it is started again."""
    ScheduledRun.objects.update_or_create(name=HEARTBEAT + loop, defaults={"last_error": error[:2000]})


def heartbeats() -> dict[str, ScheduledRun]:
    """The last sign of life of each loop, by its name."""
    rows = ScheduledRun.objects.filter(name__startswith=HEARTBEAT).order_by("name")
    return {row.name.removeprefix(HEARTBEAT): row for row in rows}


def take_watch(silent_for: timedelta, *, every: timedelta) -> bool:
    """Whether no worker has watched for so long and the caller is to do it now: one caller each `every`."""
    now = clock.now()
    row, _ = ScheduledRun.objects.get_or_create(name=WATCH)
    is_silent = Q(next_at__lt=now - silent_for) | Q(next_at__gt=now + clock.SLACK + silent_for)
    is_at_it = Q(leased_until__gt=now + LEASE - silent_for, leased_until__lt=now + LEASE + clock.SLACK)
    is_time = Q(last_success_at__isnull=True) | Q(last_success_at__lt=now - every)
    is_ahead = Q(last_success_at__gt=now + clock.SLACK)
    mine = ScheduledRun.objects.filter(is_silent, is_time | is_ahead, pk=row.pk).exclude(is_at_it)
    return bool(mine.update(last_success_at=now))


def forget_loops(*, except_of: Iterable[str], silent_for: timedelta = timedelta(minutes=10)) -> None:
    """Drop the signs of life of loops that this version or set-up has no more."""
    gone = ScheduledRun.objects.filter(name__startswith=HEARTBEAT).exclude(name__in=[HEARTBEAT + n for n in except_of])
    gone.filter(last_success_at__lt=clock.now() - silent_for).delete()


def _run(entry: Entry) -> bool:
    now = clock.now()
    is_due = Q(next_at__lte=now) | Q(next_at__gt=now + entry.every + clock.SLACK)
    mine = ScheduledRun.objects.filter(_free(now), is_due, name=entry.name)
    if not mine.update(leased_until=now + LEASE):
        return False
    after = {"leased_until": None, "next_at": clock.now() + entry.every}
    try:
        entry.run()
    except Exception as error:
        log.exception("The scheduled work %r failed; it runs again after %s", entry.name, entry.every)
        ScheduledRun.objects.filter(name=entry.name).update(
            **after, last_error=f"{type(error).__name__}: {error}"[:2000]
        )
    else:
        ScheduledRun.objects.filter(name=entry.name).update(**after, last_success_at=clock.now(), last_error="")
    return True


def _is_due(entry: Entry, next_at: datetime, now: datetime) -> bool:
    """Its time has come, or lies so far ahead that the clock must have gone back since."""
    return next_at <= now or next_at > now + entry.every + clock.SLACK


def _free(now: datetime) -> Q:
    too_far = Q(leased_until__gt=now + LEASE + clock.SLACK)
    return Q(leased_until__isnull=True) | Q(leased_until__lte=now) | too_far
