"""Times that are offered for sending later, in the reader's zone and at the customer's morning."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from rapport.people.whereabouts import Whereabouts
from rapport.ui import moments

MORNING = time(9, 0)
AFTERNOON = time(14, 0)
# A morning that begins in a moment is not "the next" one.
_AHEAD = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Offered:
    """A time to choose: `at` is ISO 8601 with its offset, `words` say it exactly."""

    at: str
    name: str
    words: str


def send_times(now: datetime, theirs: Whereabouts | None) -> list[Offered]:
    """In an hour, this afternoon, tomorrow morning, at the customer's next morning. `now`: in the reader's zone.

    When the customer's zone is not known, the company's is taken, and the words say which.
    """
    hour = (now + timedelta(hours=1)).replace(second=0, microsecond=0)
    tomorrow = tomorrow_morning(now)
    found = [(hour, _("In one hour"))]
    if now + _AHEAD < _at(now, AFTERNOON):
        found.append((_at(now, AFTERNOON), _("This afternoon")))
    found.append((tomorrow, _("Tomorrow morning")))
    offered = [Offered(at.isoformat(timespec="minutes"), name, moments.full(at, now)) for at, name in found]
    return [*offered, _their_morning(now, theirs)]


def tomorrow_morning(now: datetime) -> datetime:
    """Nine o'clock of the next day in the reader's zone."""
    return _at(now + timedelta(days=1), MORNING)


def next_morning(now: datetime, zone: ZoneInfo) -> datetime:
    """The next nine o'clock of a zone that is not just upon us."""
    there = (now + _AHEAD).astimezone(zone)
    today = _at(there, MORNING)
    return today if today > there else _at(today + timedelta(days=1), MORNING)


def _their_morning(now: datetime, theirs: Whereabouts | None) -> Offered:
    zone = theirs.zone if theirs else ZoneInfo(settings.TIME_ZONE)
    at = next_morning(now, zone)
    facts = {"time": moments.hours(at), "zone": zone.key.replace("_", " "), "here": moments.full(at, now)}
    words = _("%(time)s in %(zone)s, here %(here)s") % facts
    if theirs is None:
        words = _("their time zone is not known: %(time)s in %(zone)s, here %(here)s") % facts
    return Offered(at.isoformat(timespec="minutes"), _("At the customer’s next morning"), words)


def _at(day: datetime, at: time) -> datetime:
    return day.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
