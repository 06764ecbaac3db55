"""Times as people say them. Each is computed once per shown time by plain arithmetic: cheap enough for long lists."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date, datetime, time, tzinfo
from functools import lru_cache

from django.utils import formats, timezone, translation
from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from markupsafe import Markup

from rapport.kit import clock
from rapport.kit.clock import Unit
from rapport.ui.calendars import Calendar, calendar
from rapport.ui.compiling import as_html

# So many days and ages are remembered in words: a list shows a hundred, and the next one hardly any others.
_REMEMBERED = 2048


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom times are written for: language, zone, and what is today there. Made once for however many times."""

    language: str
    calendar: Calendar
    zone: tzinfo
    now: datetime

    @classmethod
    def present(cls, now: datetime | None = None) -> Reader:
        """The present one."""
        zone = timezone.get_current_timezone()
        language = translation.get_language() or ""
        return cls(language, calendar(language), zone, (now or clock.now()).astimezone(zone))

    def moment(self, value: datetime, style: str = "short") -> Markup:
        """A `<time>` element, see `moment`."""
        local = value.astimezone(self.zone)
        words, mark = _STYLES[style](self, local), ""
        if style == "age":
            mark = " data-age"
        title = as_html(self.exact(local))
        html = f'<time datetime="{clock.utc_iso(value)}" title="{title}"{mark}>{as_html(words)}</time>'
        return Markup(html)  # noqa: S704

    def age(self, value: datetime) -> str:
        """How long ago, in one unit."""
        return _age(self.language, *clock.largest_unit((self.now - value).total_seconds()))

    def short(self, local: datetime) -> str:
        """The least that tells when."""
        days = self.now.toordinal() - local.toordinal()
        if days == 0:
            return self.calendar.clock(local)
        if 0 < days < 7:
            return self.calendar.weekdays[local.weekday()]
        return _near_day(self.language, local.date(), local.year == self.now.year)

    def exact(self, local: datetime) -> str:
        """Day and time, as in a title."""
        before, after = _around_clock(self.language, local.date())
        return before + self.calendar.clock(local) + after

    def full(self, local: datetime) -> str:
        """Day and time for reading."""
        day, hours = self.short(local), self.calendar.clock(local)
        return day if day == hours else f"{day} {hours}"


def exact(moment: datetime) -> str:
    """`Tue 3 Mar 2026, 14:05` in the reader's time zone, for a title."""
    return Reader.present().exact(timezone.localtime(moment))


def short(moment: datetime, now: datetime | None = None) -> str:
    """The least that tells when: `14:05` today, `Tue` within a week, `3 Mar` within the year, else `3 Mar 2025`."""
    return Reader.present(now).short(timezone.localtime(moment))


def full(moment: datetime, now: datetime | None = None) -> str:
    """Day and time for reading: `14:05`, `Tue 14:05`, `3 Mar 14:05`, `3 Mar 2025 14:05`."""
    return Reader.present(now).full(timezone.localtime(moment))


def age(moment: datetime, now: datetime | None = None) -> str:
    """How long ago, in one unit: `now`, `25 min`, `3 h`, `2 d`. A moment to come counts as now."""
    return Reader.present(now).age(moment)


def day(moment: datetime) -> str:
    """The day a moment falls on, in the reader's zone: `Thu 3 Mar 2025`."""
    return _exact_day(translation.get_language() or "", timezone.localtime(moment).date())


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
    return Markup("") if value is None else Reader.present().moment(value, style)


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


@lru_cache(_REMEMBERED)
def _exact_day(language: str, there: date) -> str:
    known = calendar(language)
    return _said(there, known, known.exact)


@lru_cache(_REMEMBERED)
def _around_clock(language: str, there: date) -> tuple[str, str]:
    """What stands before and after the time of day where a moment of this day is told exactly."""
    before, _clock, after = calendar(language).moment.partition("{clock}")
    day = _exact_day(language, there)
    return before.format(day=day), after.format(day=day)


@lru_cache(_REMEMBERED)
def _near_day(language: str, there: date, is_this_year: bool) -> str:
    known = calendar(language)
    return _said(there, known, known.day if is_this_year else known.dated)


@lru_cache(_REMEMBERED)
def _age(_language: str, number: int, unit: Unit) -> str:
    if unit == "second":
        return _("now")
    if unit == "minute":
        words = ngettext("%(n)d min", "%(n)d min", number)
    elif unit == "hour":
        words = ngettext("%(n)d h", "%(n)d h", number)
    else:
        words = ngettext("%(n)d d", "%(n)d d", number)
    return words % {"n": number}


_STYLES = {"short": Reader.short, "full": Reader.full, "exact": Reader.exact, "age": Reader.age}
