"""One setting's text made into its value, or a sentence that says what is wrong with it and what to write instead.

Every reader raises WrongValue. What may hold a password is never repeated in a message.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Literal, TypeVar
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit
from zoneinfo import ZoneInfo

Network = IPv4Network | IPv6Network
T = TypeVar("T")

MIB = 1024 * 1024
_UNITS = {"": 1, "K": 1024, "M": MIB, "G": 1024 * MIB}
_POSTGRESQL_OPTIONS = frozenset(
    (
        "application_name", "channel_binding", "connect_timeout", "gssencmode", "host", "keepalives", "keepalives_idle",
        "options", "passfile", "service", "sslcert", "sslcrl", "sslkey", "sslmode", "sslrootcert",
        "target_session_attrs", "tcp_user_timeout",
    )
)  # fmt: skip
_HOST_NAME = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)(\.(?!-)[A-Za-z0-9_-]{1,63}(?<!-))*\.?\Z")


class WrongValue(ValueError):
    """A value that cannot be used: what is wrong, and the cure."""

    def __init__(self, wrong: str, cure: str) -> None:
        super().__init__(wrong)
        self.wrong = wrong
        self.cure = cure


@dataclass(frozen=True, slots=True)
class MailDoor:
    """Where mail servers hand mail in: the protocol they speak and the address to listen on."""

    protocol: Literal["lmtp", "smtp"]
    host: str
    port: int


@dataclass(frozen=True, slots=True)
class SystemMail:
    """The server for invitations and resets before any inbox exists. `security` "starttls": as soon as it is offered."""

    host: str
    port: int
    security: Literal["tls", "starttls"]
    user: str = ""
    password: str = field(default="", repr=False)


def read_host(value: str) -> str:
    """An IP address or a host name, lower case, without brackets."""
    bare = value.removeprefix("[").removesuffix("]")
    try:
        return str(ipaddress.ip_address(bare))
    except ValueError:
        pass
    if not _HOST_NAME.match(value) or value.replace(".", "").isdigit():
        raise WrongValue(
            f"{value!r} is no host.", "Write an IP address like 127.0.0.1, or a host name, without a port."
        )
    return value.lower()


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches `host`."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def read_path(value: str) -> Path:
    """An absolute path; `~` is the home folder."""
    if "\x00" in value:
        raise WrongValue("It contains a NUL character.", "Write a path.")
    try:
        return Path(value).expanduser().absolute()
    except RuntimeError:
        raise WrongValue("The home folder of that user is not known.", "Write the whole path.") from None


def read_whole(lowest: int, highest: int) -> Callable[[str], int]:
    """A reader of whole numbers within the bounds."""

    def parse(value: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", value) or not lowest <= int(value) <= highest:
            raise WrongValue(f"{value!r} cannot be used.", f"Write a whole number from {lowest} to {highest}.")
        return int(value)

    return parse


def read_size(lowest: int, highest: int) -> Callable[[str], int]:
    """A reader of sizes in bytes, where K, M and G stand for powers of 1024."""

    def parse(value: str) -> int:
        match = re.fullmatch(r"([0-9]{1,12})\s?([KMG]?)(?:i?B)?", value, re.IGNORECASE)
        size = int(match[1]) * _UNITS[match[2].upper()] if match else -1
        if not lowest <= size <= highest:
            raise WrongValue(
                f"{value!r} cannot be used.", f"Write bytes from {lowest} to {highest}, or a size like 25M."
            )
        return size

    return parse


def read_yes_or_no(value: str) -> bool:
    """Yes, true, 1, on or their opposites."""
    word = value.lower()
    if word in ("yes", "true", "1", "on"):
        return True
    if word in ("no", "false", "0", "off"):
        return False
    raise WrongValue(f"{value!r} is neither yes nor no.", "Write yes or no.")


def read_one_of(*words: str) -> Callable[[str], str]:
    """A reader that takes one of `words` in any letter case."""

    def parse(value: str) -> str:
        for word in words:
            if value.lower() == word.lower():
                return word
        raise WrongValue(f"{value!r} is not known.", f"Write {', '.join(words[:-1])} or {words[-1]}.")

    return parse


def read_each(parse_one: Callable[[str], T]) -> Callable[[str], tuple[T, ...]]:
    """A reader of several values parted by commas, each once."""

    def parse(value: str) -> tuple[T, ...]:
        return tuple(dict.fromkeys(parse_one(part.strip()) for part in value.split(",") if part.strip()))

    return parse


def read_network(value: str) -> Network:
    """A network or a single address; host bits must be zero."""
    try:
        given = ipaddress.ip_interface(value)
    except ValueError:
        given = None
    if given is None or "%" in value:
        raise WrongValue(f"{value!r} is no network.", "Write networks like 10.0.0.0/8, parted by commas.")
    if given.ip != given.network.network_address:
        cure = f"Did you mean {given.network} or {given.ip}?"
        raise WrongValue(f"{value!r} is an address inside a network.", cure)
    return given.network


def read_allowed_host(value: str) -> str:
    """A host name as the web framework compares it; a leading dot takes in the names below."""
    if value == "*":
        raise WrongValue("'*' would let anybody choose the address in our mails.", "Name each host.")
    bare = value.removeprefix(".")
    if "/" in value:
        raise WrongValue(f"{value!r} is an address.", "Write host names only, without http://.")
    host = read_host(bare)
    return f"[{host}]" if ":" in host else value[: len(value) - len(bare)] + host


def _split(value: str, schemes: tuple[str, ...], example: str) -> SplitResult:
    """A URL with a host and one of `schemes`; the message shows the example and never the value, which may be secret."""
    cure = f"Write it like {example}."
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise WrongValue("It cannot be read as an address, or its port is no number.", cure) from None
    if re.search(r"[\s\x00-\x1f]", value) or parts.fragment:
        raise WrongValue(
            "It contains a space or a #.", cure + " Write special characters of a password as %23 and so on."
        )
    if parts.scheme not in schemes:
        raise WrongValue(f"It does not begin with {' or '.join(scheme + '://' for scheme in schemes)}.", cure)
    if port == 0:
        raise WrongValue("Port 0 cannot be used.", cure)
    return parts


def read_web_address(value: str) -> str:
    """http(s)://host[:port] without a last slash."""
    example = "https://help.example.com"
    parts = _split(value, ("http", "https"), example)
    if parts.username or parts.password or parts.query or parts.path not in ("", "/"):
        raise WrongValue("It must be a host alone, without a path or a password.", f"Write it like {example}.")
    _host_of(parts, example)
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _host_of(parts: SplitResult, example: str) -> str:
    try:
        return read_host(parts.hostname or "")
    except WrongValue:
        raise WrongValue("It names no usable host.", f"Write it like {example}.") from None


def read_database_url(value: str) -> str:
    """The address as it was written, once host, name and options are known to be usable."""
    example = "postgresql://user:password@host:5432/name"
    parts = _split(value, ("postgresql", "postgres"), example)
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    if unknown := sorted(set(options) - _POSTGRESQL_OPTIONS):
        raise WrongValue(
            f"The option {unknown[0]!r} is not known.", "Remove it, or write for example ?sslmode=require."
        )
    if not parts.path.strip("/") or "/" in parts.path.strip("/"):
        raise WrongValue("It names no database.", f"Write it like {example}.")
    if not parts.hostname and "host" not in options:
        raise WrongValue("It names no host.", f"Write it like {example}, or add ?host=/run/postgresql for a socket.")
    return value


def read_token(value: str) -> str:
    """A token that a machine shows: printable ASCII without spaces, long enough not to be guessed."""
    if len(value) < 20 or not value.isascii() or not value.isprintable() or " " in value:
        raise WrongValue("It cannot be used.", "Write 20 or more letters and digits, without spaces.")
    return value


def read_secret_key(value: str) -> str:
    """A value long and varied enough to be a secret."""
    if len(value) < 32 or len(set(value)) < 8:
        raise WrongValue("It is too easy to guess.", "Write at least 32 random characters, or leave the setting out.")
    return value


def read_mail_door(value: str) -> MailDoor:
    """lmtp:// or smtp:// with host and port."""
    example = "lmtp://127.0.0.1:2424"
    parts = _split(value, ("lmtp", "smtp"), example)
    if not parts.port or parts.username or parts.path.strip("/") or parts.query:
        raise WrongValue("It must be a host and a port and nothing else.", f"Write it like {example}.")
    return MailDoor("lmtp" if parts.scheme == "lmtp" else "smtp", _host_of(parts, example), parts.port)


def read_system_mail(value: str) -> SystemMail:
    """smtp:// or smtps:// with host, and user and password where needed."""
    example = "smtp://user:password@mail.example.com:587"
    parts = _split(value, ("smtp", "smtps"), example)
    if parts.path.strip("/") or parts.query:
        raise WrongValue("It must end with the host or the port.", f"Write it like {example}.")
    secure = parts.scheme == "smtps"
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    port = parts.port or (465 if secure else 587)
    return SystemMail(_host_of(parts, example), port, "tls" if secure else "starttls", user, password)


def read_time_zone(value: str) -> str:
    """The name of a zone this machine knows."""
    try:
        return ZoneInfo(value).key
    except (OSError, ValueError, LookupError):
        raise WrongValue(f"{value!r} is no time zone.", "Write one like Europe/Berlin or UTC.") from None
