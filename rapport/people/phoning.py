"""Phone numbers: read as people write them, kept as E.164, shown as the country writes them."""

from __future__ import annotations

import re

from rapport.people import installing
from rapport.people.errors import NoSuchNumber

_FEWEST_DIGITS = 5
_LIKE_A_NUMBER = re.compile(r"[\d\s().+/\-]+\Z", re.ASCII)
_MOST_CHARS = 60


def e164(written: str, *, region: str | None = None) -> str:
    """`030 1234567` as `+49301234567`. `region`: the country where it is written without its code; None for the
    company's own. Raises NoSuchNumber.
    """
    import phonenumbers  # the tables are large, and few requests need them

    line = written.strip()[:_MOST_CHARS]
    line = f"+{line[2:]}" if line.startswith("00") else line
    home = installing.current().phone_region if region is None else region
    try:
        number = phonenumbers.parse(line, home or None)
    except phonenumbers.NumberParseException:
        raise NoSuchNumber from None
    if not phonenumbers.is_possible_number(number):
        raise NoSuchNumber
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def words(number: str) -> str:
    """Every way in which a kept number may be searched: all its digits, those without the country, and with a 0."""
    digits = _digits(number)
    if not number.startswith("+"):
        return digits
    import phonenumbers

    try:
        national = str(phonenumbers.parse(number, None).national_number)
    except phonenumbers.NumberParseException:
        return digits
    return f"{digits} {national} 0{national}"


def as_searched(query: str) -> str:
    """A query that is written like a phone number as its digits alone, so that spaces and brackets do not matter."""
    digits = _digits(query)
    if len(digits) < _FEWEST_DIGITS or not _LIKE_A_NUMBER.match(query.strip()) or query.strip().isdecimal():
        return query
    return digits.removeprefix("00")


def is_region(code: str) -> bool:
    """Whether phone numbers of this country (two letters) are known."""
    import phonenumbers

    return code in phonenumbers.SUPPORTED_REGIONS


def _digits(line: str) -> str:
    return "".join(char for char in line if char.isascii() and char.isdigit())
