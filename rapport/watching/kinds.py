"""The closed set of troubles: for each its words, how grave it is, and how long it must last to become an alarm."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from typing import NamedTuple

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from rapport.ui import moments
from rapport.watching import naming

KEPT_MOMENT = "%Y-%m-%d %H:%M UTC"  # in facts


class Kind(TextChoices):
    """What can be wrong. The value is the code on the health address and in the metrics."""

    FETCH_SILENT = "fetch_silent"
    FETCH_FAILING = "fetch_failing"
    MAIL_MISSING = "mail_missing"
    MAIL_WAITING = "mail_waiting"
    MAIL_PARKED = "mail_parked"
    CONSENT_ENDING = "consent_ending"
    CONSENT_LOST = "consent_lost"
    OUTBOX_LATE = "outbox_late"
    SENDING_FAILING = "sending_failing"
    SENDING_REFUSED = "sending_refused"
    DELIVERY_DELAYED = "delivery_delayed"
    DELIVERY_FAILED = "delivery_failed"
    DELIVERY_DOUBTFUL = "delivery_doubtful"
    REACTIONS_LATE = "reactions_late"
    REACTIONS_DEAD = "reactions_dead"
    WORKER_SILENT = "worker_silent"
    LOOP_SILENT = "loop_silent"
    SCHEDULE_LATE = "schedule_late"
    SCHEDULE_FAILING = "schedule_failing"
    CLOCK_BACK = "clock_back"
    DISK_FILLING = "disk_filling"
    DISK_FULL = "disk_full"
    DOOR_CLOSED = "door_closed"


class Level(IntEnum):
    """NOTICE is listed on the status page only; DEGRADED stands on every page and is told by mail; FAILING also makes
    the health address answer 503."""

    NOTICE = 1
    DEGRADED = 2
    FAILING = 3


class About(NamedTuple):
    """`patience`: how long a trouble must be seen again and again to become an alarm. `stays`: how long the alarm
    stays after the trouble was last seen."""

    sentence: str
    cure: str
    level: Level = Level.DEGRADED
    patience: timedelta = timedelta(minutes=1)
    stays: timedelta = timedelta(0)


_TRY_AGAIN = noop("The status page says why; mend the cause and try again there.")

_ABOUT: dict[Kind, About] = {
    Kind.FETCH_SILENT: About(
        noop("The folder %(part)s of %(inbox)s is not read any more."),
        noop("Start the worker again (rapport run, or rapport worker); its log says what the fetching does."),
    ),
    Kind.FETCH_FAILING: About(
        noop("The folder %(part)s of %(inbox)s cannot be read: %(reason)s"),
        noop("Examine the connection in the inbox's settings; it is tried again by itself, too."),
    ),
    Kind.MAIL_MISSING: About(
        noop("%(inbox)s, folder %(part)s: %(missing)s of %(server)s mails on the server are not stored here."),
        noop("They are read again every few minutes. If that lasts, look at them in a mail program."),
        patience=timedelta(minutes=10),
    ),
    Kind.MAIL_WAITING: About(
        noop("Arrived mail waits to be processed: %(count)s."),
        noop("Look whether the worker runs and how busy the machine is; RAPPORT_PARSE_CHILDREN gives more hands."),
    ),
    Kind.MAIL_PARKED: About(
        noop("Mail of the last day that could not be processed: %(count)s."),
        noop("It lies safely as it arrived. The status page lists it and can process it again."),
    ),
    Kind.CONSENT_ENDING: About(
        noop("The provider's consent for %(inbox)s ends on %(ends)s."),
        noop("Give consent again in the inbox's settings before that."),
    ),
    Kind.CONSENT_LOST: About(
        noop("The provider does not renew the consent for %(inbox)s: %(reason)s"),
        noop("If it says that the consent is gone, give it again in the inbox's settings."),
    ),
    Kind.OUTBOX_LATE: About(
        noop("Outgoing mail is not sent: %(count)s."),
        noop("Look whether the worker runs; its log says what the outbox does."),
    ),
    Kind.SENDING_FAILING: About(
        noop("Sending by %(way)s does not work (%(count)s waiting): %(reason)s"),
        noop("Examine the connection in the inbox's settings; sending is tried again by itself for 72 hours."),
    ),
    Kind.SENDING_REFUSED: About(
        noop("The mail server of %(way)s refuses what is sent (%(count)s): %(reason)s"),
        noop("Mend the sign-in in the inbox's settings, then try the deliveries again on the status page."),
    ),
    Kind.DELIVERY_DELAYED: About(
        noop("Deliveries that other servers put off for more than half an hour: %(count)s."),
        noop("They are tried again by themselves for 72 hours; the status page says what was answered."),
        level=Level.NOTICE,
    ),
    Kind.DELIVERY_FAILED: About(
        noop("Deliveries of the last day that other servers refused: %(count)s."), _TRY_AGAIN, level=Level.NOTICE
    ),
    Kind.DELIVERY_DOUBTFUL: About(
        noop("Deliveries of which nobody knows whether they arrived: %(count)s."),
        noop("Find out whether it arrived, then decide on the status page; a repeat carries the same Message-ID."),
    ),
    Kind.REACTIONS_LATE: About(
        noop("Follow-up work waits: %(count)s."),
        noop("Look whether the worker runs and how busy the machine is."),
    ),
    Kind.REACTIONS_DEAD: About(noop("Follow-up work of the last day that was given up: %(count)s."), _TRY_AGAIN),
    Kind.WORKER_SILENT: About(
        noop("No worker runs: no mail is read, processed or sent."),
        noop("Start it: rapport run, or rapport worker beside rapport web."),
        patience=timedelta(seconds=45),
    ),
    Kind.LOOP_SILENT: About(
        noop("The part “%(loop)s” of the worker is silent. %(reason)s"),
        noop("Start the worker again; its log says what happened."),
    ),
    Kind.SCHEDULE_LATE: About(
        noop("Scheduled work is overdue: %(name)s."),
        noop("Look whether the worker runs; start it again if it does."),
    ),
    Kind.SCHEDULE_FAILING: About(
        noop("Scheduled work fails: %(name)s. %(reason)s"),
        noop("The worker's log says more; it is tried again by itself."),
    ),
    Kind.CLOCK_BACK: About(
        noop("The clock of this machine went back by %(seconds)s seconds."),
        noop("Let a time service (chrony, systemd-timesyncd) keep the clock; it must not jump."),
        patience=timedelta(0),
        stays=timedelta(hours=1),
    ),
    Kind.DISK_FILLING: About(
        noop("The disk of the data folder is %(percent)s %% full; %(free)s MB are free."),
        noop("Free some space or enlarge the disk. When it is full, mail stays with the other servers."),
    ),
    Kind.DISK_FULL: About(
        noop("The disk of the data folder is full: %(free)s MB are free."),
        noop("Free some space now: no mail can be taken in."),
        level=Level.FAILING,
        patience=timedelta(0),
    ),
    Kind.DOOR_CLOSED: About(
        noop("The mail door does not answer at %(address)s: %(reason)s"),
        noop("Look whether another program uses the port; the worker's log says why it is not open."),
    ),
}  # fmt: skip


def about(kind: str) -> About:
    """What is known of a kind. Raises ValueError for none of ours."""
    return _ABOUT[Kind(kind)]


def sentence(kind: str, facts: Mapping[str, object]) -> str:
    """What is wrong, in the current language."""
    return (_(about(kind).sentence) % _forgiving(_named(facts))).strip()


def cure(kind: str, facts: Mapping[str, object]) -> str:
    """What helps, in the current language."""
    return _(about(kind).cure) % _forgiving(facts)


def _named(facts: Mapping[str, object]) -> dict[str, object]:
    """Parts of the worker and its scheduled work as people call them."""
    named = dict(facts)
    for fact, name_of in (("loop", naming.loop), ("name", naming.scheduled)):
        if fact in named:
            named[fact] = name_of(str(named[fact]))
    if "ends" in named:
        named["ends"] = _told(str(named["ends"]))
    return named


def in_utc(moment: datetime) -> str:
    """As the logs of the machine say it, for several people may read it, each where they are; in the reader's words."""
    with timezone.override(UTC):
        return f"{moments.exact(moment)} UTC"


def _told(kept: str) -> str:
    try:
        return in_utc(datetime.strptime(kept, KEPT_MOMENT).replace(tzinfo=UTC))
    except ValueError:
        return kept


class _Forgiving(dict[str, object]):
    def __missing__(self, name: str) -> str:
        return "?"


def _forgiving(facts: Mapping[str, object]) -> Mapping[str, object]:
    """A row written by another version may lack a fact; its alarm must still be read."""
    return _Forgiving(facts)
