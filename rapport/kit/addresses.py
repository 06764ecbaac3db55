"""May a connection go there? The guard against requests that a stranger points at the inside of a network.

Judging needs no network: names are looked up by a function the caller gives. Connecting is in `http`.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from urllib.parse import SplitResult, urlsplit

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Resolver = Callable[[str, int], list[str]]

DEFAULT_PORTS = {"http": 80, "https": 443}
UNRESOLVED = "This name cannot be resolved."


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether to connect, why not, and to which addresses the judgement applies: connect to these and no others."""

    allow: bool
    reason: str
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """A host taken out of a URL or a line: lower case, ASCII, without brackets or the last dot."""

    host: str
    port: int
    scheme: str = ""


class TargetRefused(ValueError):
    """What was written is no address this guard will look at; the text says why."""


_PUBLIC = "The address is public."
_OPENED = "The address lies in a network the operator opened."
# The operator cannot open these by a wide range, only by naming the very address: they hand out credentials.
_METADATA = frozenset(
    map(
        ipaddress.ip_address,
        ("169.254.169.254", "169.254.170.2", "169.254.170.23", "100.100.100.200", "192.0.0.192", "168.63.129.16",
         "fd00:ec2::254", "fd00:ec2::23", "fd20:ce::254"),
    )
)  # fmt: skip

_RANGES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("a loopback address", ("127.0.0.0/8", "::1/128")),
    ("an unspecified address", ("0.0.0.0/8", "::/128")),
    ("a private address", ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "fec0::/10")),
    ("a link-local address", ("169.254.0.0/16", "fe80::/10")),
    ("a carrier's shared address", ("100.64.0.0/10",)),
    ("a multicast address", ("224.0.0.0/4", "ff00::/8")),
    (
        "an address kept for documentation",
        ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20"),
    ),
    (
        "an address translated to another network",
        ("2002::/16", "2001::/32", "64:ff9b:1::/48", "::/96", "::ffff:0:0:0/96", "192.88.99.0/24", "5f00::/16"),
    ),
    ("a reserved address", ("192.0.0.0/24", "198.18.0.0/15", "240.0.0.0/4", "100::/64", "2001::/23")),
)
_REFUSED_RANGES: tuple[tuple[str, Network], ...] = tuple(
    (kind, ipaddress.ip_network(net)) for kind, nets in _RANGES for net in nets
)
_GLOBAL_UNICAST = IPv6Network("2000::/3")  # all that IANA has ever given out
_NAT64 = IPv6Network("64:ff9b::/96")

_HOST_NAME = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*\Z")
_NUMBER = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)\Z")
_PLAIN_IPV4 = re.compile(r"(?:(?:0|[1-9][0-9]{0,2})\.){3}(?:0|[1-9][0-9]{0,2})\Z")
_NOT_IN_A_URL = re.compile("[\x00-\x20\x7f-\xa0\\\\\u2028\u2029\ufeff\u200b-\u200f\u2060-\u206f]")


def judge_address(address: str | Address, *, allow_nets: Sequence[Network] = ()) -> Verdict:
    """Judge one IP address: only global unicast is allowed, and what lies in `allow_nets`.

    An IPv4 address inside an IPv6 one (mapped, NAT64) is judged as the IPv4 address it leads to.
    """
    try:
        given = ipaddress.ip_address(address)
    except ValueError:
        return Verdict(False, "This is not an IP address.")
    if isinstance(given, IPv6Address) and given.scope_id:
        return Verdict(False, "An address with a zone id is not allowed.")
    led_to = _embedded(given)
    kind = _refused_kind(led_to)
    if not kind:
        return Verdict(True, _PUBLIC, (str(given),))
    if _is_opened(led_to, allow_nets):
        return Verdict(True, _OPENED, (str(given),))
    return Verdict(False, f"This is {kind}.")


def judge_url(
    url_or_host: str,
    *,
    resolve: Resolver,
    allow_nets: Sequence[Network] = (),
    schemes: Sequence[str] = ("http", "https"),
) -> Verdict:
    """Judge a URL, or a bare host with or without a port. Never raises; what cannot be resolved is denied.

    Every address the name leads to must be allowed. To be safe from a resolver that answers differently the next
    time, connect to `addresses` of the verdict and to nothing else.
    """
    try:
        target = read_target(url_or_host, schemes=schemes)
    except TargetRefused as refused:
        return Verdict(False, str(refused))
    return judge_host(target.host, target.port, resolve=resolve, allow_nets=allow_nets)


def judge_host(host: str, port: int, *, resolve: Resolver, allow_nets: Sequence[Network] = ()) -> Verdict:
    """Judge a bare host as judge_url does, asking `resolve` at most once."""
    try:
        name = clean_host(host)
    except TargetRefused as refused:
        return Verdict(False, str(refused))
    if ":" in name or _PLAIN_IPV4.match(name):
        return judge_address(name, allow_nets=allow_nets)
    try:
        answers = resolve(name, port)
    except (OSError, UnicodeError, ValueError):
        answers = []
    verdicts = [judge_address(answer, allow_nets=allow_nets) for answer in dict.fromkeys(answers)]
    if not verdicts:
        return Verdict(False, UNRESOLVED)
    denied = next((verdict for verdict in verdicts if not verdict.allow), None)
    if denied:
        return Verdict(False, "This name leads to " + denied.reason.removeprefix("This is "))
    return Verdict(True, verdicts[0].reason, tuple(address for verdict in verdicts for address in verdict.addresses))


def read_target(url_or_host: str, *, schemes: Sequence[str] = ("http", "https")) -> Target:
    """Take host and port out of a URL or a bare host. Raises TargetRefused."""
    written = url_or_host.strip(" \t\r\n")
    if not written or len(written) > 4096:
        raise TargetRefused("This is not an address: it is empty or far too long.")
    if _NOT_IN_A_URL.search(written):
        raise TargetRefused("Spaces, backslashes, control and invisible characters are not allowed in an address.")
    if "://" not in written:
        return _read_bare(written, schemes)
    parts = _split(written)
    if parts.scheme not in schemes:
        raise TargetRefused(f"Only {' and '.join(schemes)} addresses are allowed.")
    if "@" in parts.netloc:
        raise TargetRefused("A user name or password in the address is not allowed.")
    port = _port(parts)
    return Target(clean_host(_bracketless(parts.netloc)), port or DEFAULT_PORTS.get(parts.scheme, 0), parts.scheme)


def clean_host(host: str) -> str:
    """The one spelling of a host: lower case, punycode, no brackets, no last dot. Raises TargetRefused.

    IPv4 is taken only as four plain decimal numbers: other spellings mean different hosts to different programs.
    """
    if len(host) > 300:
        raise TargetRefused("The host name is too long.")
    bare = host.lower()
    if ":" in bare or bare.startswith("["):
        return _clean_ipv6(bare.removeprefix("[").removesuffix("]"))
    name = _to_ascii(bare).removesuffix(".")
    if _PLAIN_IPV4.match(name) and all(int(number) < 256 for number in name.split(".")):
        return name
    if _NUMBER.match(name.rpartition(".")[2]):
        raise TargetRefused("An IPv4 address must be written as four plain numbers, like 192.0.2.1.")
    if len(name) > 253 or not _HOST_NAME.match(name):
        raise TargetRefused("This is not a host name.")
    return name


def check_url_lines(
    lines: Iterable[str],
    overrides: Mapping[str, str],
    *,
    resolve: Resolver | None = None,
    allow_nets: Sequence[Network] = (),
) -> Iterator[dict[str, bool | str]]:
    """Judge one URL or host a line: {"allow", "reason"} for each line, in order, also for an empty one.

    `overrides` answers for the resolver (several addresses parted by commas); names it lacks go to `resolve` if
    given and are otherwise unresolved, hence denied.
    """
    table = {_override_key(host): address.split(",") for host, address in overrides.items()}

    def look_up(host: str, port: int) -> list[str]:
        if host in table:
            return [answer.strip(" []") for answer in table[host]]
        return resolve(host, port) if resolve else []

    for line in lines:
        verdict = judge_url(line, resolve=look_up, allow_nets=allow_nets)
        yield {"allow": verdict.allow, "reason": verdict.reason}


def _override_key(host: str) -> str:
    try:
        return clean_host(host)
    except TargetRefused:
        return host


def _read_bare(written: str, schemes: Sequence[str]) -> Target:
    """A line without `scheme://`: a host, host:port, an IPv6 address with or without brackets."""
    if any(char in written for char in "/?#@"):
        raise TargetRefused("Write a whole address with http:// or https://, or a bare host.")
    if written.startswith("[") or written.count(":") <= 1:
        parts = _split("//" + written)
        return Target(clean_host(_bracketless(parts.netloc)), _port(parts) or DEFAULT_PORTS.get(schemes[0], 0))
    return Target(clean_host(written), DEFAULT_PORTS.get(schemes[0], 0))


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:
        raise TargetRefused("This address cannot be read.") from None


def _port(parts: SplitResult) -> int | None:
    try:
        port = parts.port
    except ValueError:
        raise TargetRefused("The port is not a number from 1 to 65535.") from None
    if port == 0:
        raise TargetRefused("The port is not a number from 1 to 65535.")
    return port


def _bracketless(netloc: str) -> str:
    """The host in `host`, `host:port`, `[v6]:port` or a bare IPv6 address, its zone id still on it."""
    if netloc.startswith("["):
        inside, closed, rest = netloc[1:].partition("]")
        if not closed or (rest and not rest.startswith(":")):
            raise TargetRefused("This address cannot be read.")
        return f"[{inside}]"
    return netloc.partition(":")[0] if netloc.count(":") == 1 else netloc


def _clean_ipv6(text: str) -> str:
    if "%" in text:
        raise TargetRefused("An address with a zone id is not allowed.")
    try:
        return str(IPv6Address(text))
    except ValueError:
        raise TargetRefused("This is not an IPv6 address.") from None


def _to_ascii(name: str) -> str:
    """Punycode; wide and circled letters, digits and dots become plain ones on the way."""
    if name.isascii():
        return name
    try:
        return name.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise TargetRefused("This is not a host name.") from None


def _embedded(address: Address) -> Address:
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped:
        return address.ipv4_mapped
    # With DNS64 every IPv4 host has such an address, so the range cannot be refused as a whole.
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _refused_kind(address: Address) -> str:
    if address in _METADATA:
        return "a cloud provider's metadata address"
    for kind, net in _REFUSED_RANGES:
        if address.version == net.version and address in net:
            return kind
    unassigned = address.version == 6 and address not in _GLOBAL_UNICAST
    return "a reserved address" if unassigned or not address.is_global else ""


def _is_opened(address: Address, allow_nets: Sequence[Network]) -> bool:
    fitting = [net for net in allow_nets if net.version == address.version and address in net]
    if address in _METADATA:
        return any(net.num_addresses == 1 for net in fitting)
    return bool(fitting) and not address.is_multicast
