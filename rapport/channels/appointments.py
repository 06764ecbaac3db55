"""The lines that tell of an appointment, in the reader's language. The parse child writes them in front of a message's
words (email/parsing/calendars.py), in English, because it knows no reader."""

from __future__ import annotations

import re
from datetime import date, time
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from rapport.ui import moments

_HEADS: dict[str, Any] = {
    "Invitation": pgettext_lazy("an appointment", "Invitation"),
    "Cancelled": pgettext_lazy("an appointment", "Cancelled"),
    "Answer to an invitation": gettext_lazy("Answer to an invitation"),
    "Another time is proposed": gettext_lazy("Another time is proposed"),
}
_LABELS: dict[str, Any] = {
    "When": pgettext_lazy("an appointment", "When"),
    "Where": pgettext_lazy("an appointment", "Where"),
    "Organizer": gettext_lazy("Organiser"),
    "Repeats": gettext_lazy("Repeats"),
}
_ANSWERS: dict[str, Any] = {
    "accepts": gettext_lazy("%(who)s accepts"),
    "declines": gettext_lazy("%(who)s declines"),
    "may come": gettext_lazy("%(who)s may come"),
    "sends somebody else": gettext_lazy("%(who)s sends somebody else"),
}
_DAY = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b")
_HOUR = re.compile(r"\b([01]\d|2[0-3]):([0-5]\d)\b")
_TIMES = re.compile(rf"{_DAY.pattern}(?: {_HOUR.pattern})?(?: – (?:{_DAY.pattern} ?)?(?:{_HOUR.pattern})?)?")
_ANSWER = re.compile(rf"(.+) ({'|'.join(_ANSWERS)})")


def in_words(text: str) -> str:
    """The same text; what stands in front of it about an appointment is told in the active language."""
    first, _newline, rest = text.partition("\n")
    head, colon, title = first.partition(": ")
    if not colon or head not in _HEADS:
        return text
    told, lines = [_said(_HEADS[head], title)], rest.split("\n")
    while lines and (line := _line(lines[0])):
        told.append(line)
        del lines[0]
    return "\n".join([*told, *lines])


def in_line(preview: str) -> str:
    """The same for the beginning of such a text in one line, as lists show it."""
    head, colon, rest = preview.partition(": ")
    if not colon or head not in _HEADS:
        return preview
    title, when, told = rest.partition(" When: ")
    found = _TIMES.match(told)
    if not when or found is None:
        return _said(_HEADS[head], rest)
    said, after = _said(_LABELS["When"], _value("When", found[0])), told[found.end() :]
    zone, where, place = after.partition(" Where: ")
    place = f" {_said(_LABELS['Where'], place)}" if where else ""
    return f"{_said(_HEADS[head], title)} {said}{zone}{place}"


def _line(line: str) -> str:
    """One line of the appointment; empty for one that is none."""
    label, colon, value = line.partition(": ")
    if colon and label in _LABELS:
        return _said(_LABELS[label], _value(label, value))
    answer = _ANSWER.fullmatch(line)
    return str(_ANSWERS[answer[2]]) % {"who": answer[1]} if answer else ""


def _value(label: str, value: str) -> str:
    if label == "When":
        return _HOUR.sub(_hour, _DAY.sub(_day, value))
    return _("yes") if (label, value) == ("Repeats", "yes") else value


def _day(found: re.Match[str]) -> str:
    try:
        return moments.dated(date(*map(int, found.groups())))
    except ValueError:  # the thirteenth month
        return found[0]


def _hour(found: re.Match[str]) -> str:
    return moments.hours(time(int(found[1]), int(found[2])))


def _said(name: object, value: str) -> str:
    return _("%(name)s: %(value)s") % {"name": name, "value": value}
