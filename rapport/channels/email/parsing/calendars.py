"""Invitations (iCalendar, RFC 5545) in a few lines of text: what, when, where, who, and who said yes."""

from __future__ import annotations

import re

_LINE = re.compile(r"([A-Za-z-]{1,40})((?:;[^:\"]*+(?:\"[^\"]*+\"[^:\"]*+)*+)?):(.*)")
_PARAMETER = re.compile(r";([A-Za-z-]+)=(\"[^\"]*\"|[^;:]*)")
_MOMENT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(?:\d\d)?(Z?))?")
_ESCAPE = re.compile(r"\\([\\;,nN])")
_METHODS = {"CANCEL": "Cancelled", "REPLY": "Answer to an invitation", "COUNTER": "Another time is proposed"}
_ANSWERS = {"ACCEPTED": "accepts", "DECLINED": "declines", "TENTATIVE": "may come", "DELEGATED": "sends somebody else"}
LONGEST = 200_000

Properties = dict[str, list[tuple[dict[str, str], str]]]


def summary(text: str) -> str:
    """An event as lines for people; '' if there is none. Repeated events are told by their first."""
    properties = _first_event(text[:LONGEST])
    if properties is None:
        return ""
    method = _value(properties, "METHOD").upper()
    title = _value(properties, "SUMMARY") or _value(properties, "DESCRIPTION").split("\n")[0]
    lines = [f"{_METHODS.get(method, 'Invitation')}: {title}"]
    lines += [f"{name}: {said}" for name, said in _facts(properties) if said]
    if method == "REPLY":
        lines += [
            f"{_person(*attendee)} {word}" for attendee in properties.get("ATTENDEE", []) if (word := _answer(attendee))
        ]
    return "\n".join(lines)


def _first_event(text: str) -> Properties | None:
    """The properties of the first event, and of the calendar around it (its method)."""
    properties: Properties = {}
    inside: list[str] = []
    seen = False
    for line in re.sub(r"\r?\n[ \t]", "", text).splitlines():
        match = _LINE.match(line)
        if match is None:
            continue
        name, parameters, value = match.group(1).upper(), match.group(2), match.group(3)
        if name == "BEGIN":
            seen = seen or value.strip().upper() == "VEVENT"
            inside.append(value.strip().upper())
        elif name == "END" and inside:
            if inside.pop() == "VEVENT":
                return properties
        elif inside in (["VCALENDAR"], ["VCALENDAR", "VEVENT"]):
            properties.setdefault(name, []).append((_parameters(parameters), value))
    return properties if seen else None


def _parameters(text: str) -> dict[str, str]:
    return {name.upper(): value.strip('"') for name, value in _PARAMETER.findall(text)}


def _value(properties: Properties, name: str) -> str:
    found = properties.get(name, [])
    return _ESCAPE.sub(_unescaped, found[0][1]).strip()[:500] if found else ""


def _unescaped(escape: re.Match[str]) -> str:
    return "\n" if escape.group(1) in "nN" else escape.group(1)


def _facts(properties: Properties) -> list[tuple[str, str]]:
    organizer = properties.get("ORGANIZER", [])
    return [
        ("When", _when(properties)),
        ("Where", _value(properties, "LOCATION").replace("\n", ", ")),
        ("Organizer", _person(*organizer[0]) if organizer else ""),
        ("Repeats", "yes" if "RRULE" in properties else ""),
    ]


def _when(properties: Properties) -> str:
    """The beginning and the end as they are written, in the time zone they name: the reader's is not known here."""
    start, zone = _moment(properties, "DTSTART")
    end, _ = _moment(properties, "DTEND")
    if not start:
        return ""
    if end[:10] == start[:10]:
        end = end[11:]
    return f"{start}{' – ' + end if end else ''}{' ' + zone if zone else ''}"


def _moment(properties: Properties, name: str) -> tuple[str, str]:
    parameters, value = properties.get(name, [({}, "")])[0]
    match = _MOMENT.match(value.strip())
    if match is None:
        return "", ""
    year, month, day, hour, minute, utc = match.groups()
    clock = f" {hour}:{minute}" if hour else ""
    return f"{year}-{month}-{day}{clock}", "UTC" if utc else parameters.get("TZID", "") if hour else ""


def _person(parameters: dict[str, str], value: str) -> str:
    email = value.strip().removeprefix("mailto:").removeprefix("MAILTO:")
    name = parameters.get("CN", "")
    return f"{name} <{email}>" if name and name != email else email


def _answer(attendee: tuple[dict[str, str], str]) -> str:
    return _ANSWERS.get(attendee[0].get("PARTSTAT", "").upper(), "")
