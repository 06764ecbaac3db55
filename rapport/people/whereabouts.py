"""Where a customer is, as far as clocks go: what is known of them, else what their number or address suggests."""

from __future__ import annotations

import functools
import zoneinfo
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rapport.kit import clock

# Domains of countries that people all over the world use for other reasons.
_ELSEWHERE = frozenset(
    "ac ag ai am as bz cc cd co dj fm gg gl im io la li lu ly me ms mu nu pw sc sh st tk to tv vc vu ws".split()
)
# Where nearly everybody lives in one of the country's zones.
_MOSTLY = {"ES": "Europe/Madrid", "PT": "Europe/Lisbon", "NZ": "Pacific/Auckland", "CL": "America/Santiago"}
_DOMAIN_OF = {"uk": "GB"}


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """A time zone. `known`: somebody said so; else it is guessed from a number or an address."""

    zone: ZoneInfo
    known: bool = False


def whereabouts(customer: object, emails: list[str]) -> Whereabouts | None:
    """The customer's time zone; None when nothing tells. `customer`: the row, or None for a stranger."""
    if zone := entered(customer):
        return Whereabouts(zone, known=True)
    if zone := _zone_of_number(getattr(customer, "phone", "") or ""):
        return Whereabouts(zone)
    for email in emails:
        if zone := _only_zone(_country_of_address(email)):
            return Whereabouts(zone)
    return None


def entered(customer: object) -> ZoneInfo | None:
    """The time zone somebody entered for this customer; None where nobody did."""
    said: Any = getattr(customer, "time_zone", "")
    return _zone(said) if said else None


def _zone_of_number(phone: str) -> ZoneInfo | None:
    """A zone of a number that names its country, where all numbers like it have the same time."""
    from phonenumbers import NumberParseException, parse, timezone  # the tables are large, and few requests need them

    written = phone.strip()
    try:
        number = parse(f"+{written[2:]}" if written.startswith("00") else written, None)
    except NumberParseException:
        return None
    zones = [zone for name in timezone.time_zones_for_number(number) if (zone := _zone(name))]
    now = clock.now()
    return zones[-1] if len({now.astimezone(zone).utcoffset() for zone in zones}) == 1 else None


def _country_of_address(email: str) -> str:
    last = email.rpartition("@")[2].rpartition(".")[2].lower()
    if len(last) != 2 or last in _ELSEWHERE:
        return ""
    return _DOMAIN_OF.get(last, last.upper())


def _only_zone(country: str) -> ZoneInfo | None:
    """The zone of a country that keeps one time throughout."""
    return _zone(_single_zones().get(country, ""))


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return None


@functools.cache
def _single_zones() -> dict[str, str]:
    """Country to zone, from the time zone database's own table, for countries that keep one time.

    A row names every country that keeps its time, the one it is told after first: rows of one's own count before those
    that are shared (a German village keeps the time of Zürich).
    """
    own: dict[str, list[str]] = defaultdict(list)
    shared: dict[str, list[str]] = defaultdict(list)
    for line in _table().splitlines():
        if line.startswith("#") or line.count("\t") < 2:
            continue
        countries, _place, zone = line.split("\t")[:3]
        first, *others = countries.split(",")
        own[first].append(zone)
        for country in others:
            shared[country].append(zone)
    return {country: zones[0] for country, zones in {**shared, **own}.items() if len(zones) == 1} | _MOSTLY


def _table() -> str:
    for folder in zoneinfo.TZPATH:
        path = Path(folder) / "zone1970.tab"
        if path.is_file():
            return path.read_text(encoding="utf-8")
    return ""
