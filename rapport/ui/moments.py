"""Times as people say them. Each is computed once per shown time by plain arithmetic: cheap enough for long lists."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, time

from django.utils import formats, timezone, translation
from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from markupsafe import Markup, escape

from rapport.kit import clock
from rapport.ui.calendars import Calendar, calendar


def exact(moment: datetime) -> str:
    """`Tue 3 Mar 2026, 14:05` in the reader's time zone, for a title."""
    return _exact(timezone.localtime(moment))


def short(moment: datetime, now: datetime | None = None) -> str:
    """The least that tells when: `14:05` today, `Tue` within a week, `3 Mar` within the year, else `3 Mar 2025`."""
    return _short(timezone.localtime(moment), timezone.localtime(now or clock.now()))


def full(moment: datetime, now: datetime | None = None) -> str:
    """Day and time for reading: `14:05`, `Tue 14:05`, `3 Mar 14:05`, `3 Mar 2025 14:05`."""
    return _full(timezone.localtime(moment), timezone.localtime(now or clock.now()))


def age(moment: datetime, now: datetime | None = None) -> str:
    """How long ago, in one unit: `now`, `25 min`, `3 h`, `2 d`. A moment to come counts as now."""
    number, unit = clock.largest_unit(((now or clock.now()) - moment).total_seconds())
    if unit == "second":
        return _("now")
    if unit == "minute":
        words = ngettext("%(n)d min", "%(n)d min", number)
    elif unit == "hour":
        words = ngettext("%(n)d h", "%(n)d h", number)
    else:
        words = ngettext("%(n)d d", "%(n)d d", number)
    return words % {"n": number}


def day(moment: datetime) -> str:
    """The day a moment falls on, in the reader's zone: `Thu 3 Mar 2025`."""
    return _day(moment.astimezone(timezone.get_current_timezone()))


def dated(there: date) -> str:
    """A day that belongs to no zone: `3 Mar 2025`."""
    known = _calendar()
    return _said(there, known, known.dated)


def whole(there: date) -> str:
    """A day in whole words, for a heading: `Tuesday 3 March`."""
    known = _calendar()
    names = replace(known, weekdays=tuple(map(str, WEEKDAYS.values())), months=("", *map(str, MONTHS.values())))
    return _said(there, names, known.whole)


def clock_time(there: datetime) -> str:
    """Week day and time as they are where the moment's own zone says: `Tue 14:05`."""
    known = _calendar()
    return f"{known.weekdays[there.weekday()]} {known.clock(there)}"


def hours(there: datetime | time) -> str:
    """A time of day as it is given: `14:05`."""
    return _calendar().clock(there)


def size(count: int) -> str:
    """Bytes for people: `640 B`, `12 kB`, `3.4 MB`."""
    if count < 1000:
        return _("%(n)s B") % {"n": count}
    if count < 1_000_000:
        return _("%(n)s kB") % {"n": round(count / 1000)}
    return _("%(n)s MB") % {"n": formats.number_format(count / 1_000_000, 1)}


def moment(value: datetime | None, style: str = "short") -> Markup:
    """A `<time>` element: the exact moment on hover and for machines, words by `style` (short, full, age; exact on paper).

    Ages carry data-age, by which a behaviour keeps them true. Nothing for None.
    """
    if value is None:
        return Markup("")
    zone = timezone.get_current_timezone()
    local = value.astimezone(zone)
    words = age(value) if style == "age" else _STYLES[style](local, clock.now().astimezone(zone))
    mark = " data-age" if style == "age" else ""
    html = f'<time datetime="{clock.utc_iso(value)}" title="{escape(_exact(local))}"{mark}>{escape(words)}</time>'
    return Markup(html)  # noqa: S704


def units() -> str:
    """How ages are said, for the script that keeps them true: JSON of unit → words, `#` where the number stands."""
    words = {"minute": ngettext("%(n)d min", "%(n)d min", 2), "hour": ngettext("%(n)d h", "%(n)d h", 2)}
    words["day"] = ngettext("%(n)d d", "%(n)d d", 2)
    return json.dumps({unit: said.replace("%(n)d", "#") for unit, said in words.items()}, ensure_ascii=False)


def _calendar() -> Calendar:
    return calendar(translation.get_language() or "")


def _said(local: date, known: Calendar, pattern: str) -> str:
    return pattern.format(
        weekday=known.weekdays[local.weekday()],
        day=local.day,
        month=known.months[local.month],
        number=local.month,
        year=local.year,
    )


def _day(local: datetime) -> str:
    known = _calendar()
    return _said(local, known, known.exact)


def _exact(local: datetime) -> str:
    known = _calendar()
    return known.moment.format(day=_said(local, known, known.exact), clock=known.clock(local))


def _short(local: datetime, today: datetime) -> str:
    days = today.toordinal() - local.toordinal()
    known = _calendar()
    if days == 0:
        return known.clock(local)
    if 0 < days < 7:
        return known.weekdays[local.weekday()]
    return _said(local, known, known.day if local.year == today.year else known.dated)


def _full(local: datetime, today: datetime) -> str:
    day = _short(local, today)
    clock_said = _calendar().clock(local)
    return day if day == clock_said else f"{day} {clock_said}"


def _on_paper(local: datetime, _today: datetime) -> str:
    return _exact(local)


_STYLES = {"short": _short, "full": _full, "exact": _on_paper}
