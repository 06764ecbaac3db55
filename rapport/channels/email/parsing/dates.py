"""Date headers in every dress seen in the wild, as aware UTC times."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ZONES = {"EST": -300, "EDT": -240, "CST": -360, "CDT": -300, "MST": -420, "MDT": -360, "PST": -480, "PDT": -420}
_ZONES |= {"JST": 540, "KST": 540, "CET": 60, "CEST": 120, "MET": 60, "MEST": 120, "MEZ": 60, "MESZ": 120, "BST": 60}
_ZONES |= {"EET": 120, "EEST": 180, "MSK": 180, "IST": 330, "HKT": 480, "SGT": 480, "AEST": 600, "AEDT": 660}
_ZONES |= {"NZST": 720, "NZDT": 780, "AKST": -540, "AKDT": -480, "HST": -600, "WET": 0, "WEST": 60, "AST": -240}

_COMMENT = re.compile(r"\([^()]*\)?")
_TIME = re.compile(r"(?<![\d:.])(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,]\d{1,9})?)?(?![\d:])\s*([AaPp]\.?[Mm]\b\.?)?")
_DAY_MONTH = re.compile(r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|\.)?[\s,/-]*([A-Za-z]{3,9})\.?[\s,/-]+(\d{2,4})(?!\d)")
_MONTH_DAY = re.compile(
    r"(?<![A-Za-z])([A-Za-z]{3,9})\.?[\s-]+(\d{1,2})(?:st|nd|rd|th)?,?[\s-]+(\d{4}|\d{2}(?![\d:]))(?![\d:])"
)
_YEAR_MONTH = re.compile(r"(?<!\d)(\d{4})[\s-]+([A-Za-z]{3,9})[\s-]+(\d{1,2})(?!\d)")
_UNIX = re.compile(r"(?<![A-Za-z])([A-Za-z]{3,9})\s+(\d{1,2})(?!\d)(?=.*?\b(\d{4})\s*$)")
_ISO = re.compile(r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_EUROPEAN = re.compile(r"(?<!\d)(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})(?!\d)")
_OFFSET = re.compile(r"^\s*(?:(?:GMT|UTC|UT)\s*)?([+-])(\d{2}):?(\d{2})(?![\d:])")
_BARE_OFFSET = re.compile(r"^\s*(\d{1,2})(\d{2})(?!\d)(?!.*\d)")
_LETTERS = re.compile(r"^\s*([A-Za-z]{1,5})(?![A-Za-z])")


def read_date(value: str) -> datetime | None:
    """The instant a Date header names, in UTC; None if no calendar date can be made out. A wrong time counts as 0:00."""
    text = value[:200]
    if "(" in text:
        text = _COMMENT.sub(" ", text)
    text = re.sub(r"(\d)T(?=\d\d?:\d)", r"\1 ", text).strip()
    time = _TIME.search(text)
    calendar = _calendar(text if time is None else f"{text[: time.start()]} {text[time.end() :]}".strip())
    if calendar is None:
        return None
    hour, minute, second = _clock(time) if time else (0, 0, 0)
    offset = _offset(text[time.end() :]) if time else 0
    try:
        return datetime(*calendar, hour, minute, second, tzinfo=UTC) - timedelta(minutes=offset)
    except (ValueError, OverflowError):
        return None


def _calendar(text: str) -> tuple[int, int, int] | None:
    """Year, month and day from the text of a date whose time of day was taken out."""
    for pattern, order in ((_DAY_MONTH, "dmy"), (_YEAR_MONTH, "ymd"), (_MONTH_DAY, "mdy"), (_UNIX, "mdy")):
        match = pattern.search(text)
        if match is None:
            continue
        parts = dict(zip(order, match.groups(), strict=True))
        month = _month(parts["m"])
        if month:
            return _year(parts["y"]), month, int(parts["d"])
    match = _ISO.search(text)
    if match:
        return int(match.group(1)), int(match.group(2)), int(match.group(3))
    match = _EUROPEAN.search(text)
    if match is None:
        return None
    first, second, year = int(match.group(1)), int(match.group(2)), _year(match.group(3))
    return (year, second, first) if second <= 12 else (year, first, second)


def _month(name: str) -> int:
    short = name[:3].lower()
    return _MONTHS.index(short) + 1 if short in _MONTHS else 0


def _year(digits: str) -> int:
    year = int(digits)
    if len(digits) >= 4:
        return year
    if len(digits) == 3:
        return 1900 + year
    return 2000 + year if year < 50 else 1900 + year


def _clock(match: re.Match[str]) -> tuple[int, int, int]:
    hour, minute, second = int(match.group(1)), int(match.group(2)), int(match.group(3) or 0)
    half = (match.group(4) or "").lower()[:1]
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    if (hour, minute, second) == (23, 59, 60):
        return 23, 59, 59
    return (hour, minute, second) if hour < 24 and minute < 60 and second < 60 else (0, 0, 0)


def _offset(rest: str) -> int:
    """Minutes east of Greenwich in the text behind the time; 0 if there is no zone or it cannot be one."""
    match = _OFFSET.match(rest)
    if match:
        hours, minutes = int(match.group(2)), int(match.group(3))
        sign = -1 if match.group(1) == "-" else 1
        return sign * (hours * 60 + minutes) if hours <= 15 and minutes < 60 else 0
    match = _BARE_OFFSET.match(rest)
    if match and int(match.group(1)) <= 14 and int(match.group(2)) < 60:
        return int(match.group(1)) * 60 + int(match.group(2))
    match = _LETTERS.match(rest)
    return _ZONES.get(match.group(1).upper(), 0) if match else 0
