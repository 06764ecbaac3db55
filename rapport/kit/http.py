"""Outgoing connections to places a stranger may have chosen: resolved once, judged, and only then opened.

A name is looked up a single time and the socket goes to the very address that was judged, so a resolver that changes
its answer gains nothing. TLS still verifies the certificate by the name.
"""

from __future__ import annotations

import http.client
import io
import socket
import ssl
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any
from urllib.parse import urljoin, urlsplit

from rapport.kit import clock
from rapport.kit.addresses import (
    UNRESOLVED,
    Network,
    Resolver,
    Target,
    TargetRefused,
    Verdict,
    check_url_lines,
    judge_address,
    judge_host,
    judge_url,
    read_target,
)

__all__ = [
    "ConnectionDenied",
    "Network",
    "RequestFailed",
    "Resolver",
    "Response",
    "Verdict",
    "check_url_lines",
    "judge_address",
    "judge_url",
    "open_connection",
    "open_guarded_connection",
    "request",
    "system_resolve",
]

MAX_REDIRECTS = 5
LOOKUP_SECONDS = 5.0
MOST_LOOKUPS = 16
_CHUNK = 64 * 1024
_FOR_ONE_ORIGIN = frozenset({"authorization", "cookie", "proxy-authorization", "host"})

_lookups = threading.Semaphore(MOST_LOOKUPS)

Opener = Callable[[str, int, float], socket.socket]


class ConnectionDenied(OSError):
    """The guard would not connect. Says what kind of place it is, never whether anything answers there."""


class RequestFailed(Exception):
    """No usable answer came. `step` is one of address, resolve, connect, tls, send, read, size, time, redirect."""

    def __init__(self, step: str, reason: str) -> None:
        super().__init__(reason)
        self.step = step
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Response:
    """An answer: header names lower-cased (the last of several wins), `url` the one that answered in the end."""

    status: int
    headers: dict[str, str]
    body: bytes
    url: str


def system_resolve(host: str, port: int, *, within: float = LOOKUP_SECONDS) -> list[str]:
    """The addresses the operating system knows for a name. Raises TimeoutError after `within` seconds, or OSError.

    The system's resolver has no time limit of its own and cannot be called back, so it runs in a thread that is left
    behind when it takes too long; when too many are left behind, names fail at once.
    """
    if not _lookups.acquire(timeout=within):
        raise TimeoutError("Too many names are being looked up.")
    answers: SimpleQueue[list[str] | OSError] = SimpleQueue()

    def look_up() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
            answers.put(list(dict.fromkeys(str(entry[4][0]) for entry in found)))
        except (OSError, UnicodeError) as error:
            answers.put(error if isinstance(error, OSError) else OSError(str(error)))
        finally:
            _lookups.release()

    threading.Thread(target=look_up, name="look-up", daemon=True).start()
    try:
        answer = answers.get(timeout=within)
    except Empty:
        raise TimeoutError("The name was not looked up in time.") from None
    if isinstance(answer, OSError):
        raise answer
    return answer


def open_guarded_connection(
    host: str,
    port: int,
    *,
    timeout: float,
    allow_nets: Sequence[Network] = (),
    resolve: Resolver = system_resolve,
) -> socket.socket:
    """A connected TCP socket with `timeout` seconds set on it, to an address that was judged.

    The look-up counts into the time. Raises ConnectionDenied when the guard refuses, TimeoutError or another OSError
    when nobody answers.
    """
    deadline = clock.monotonic() + timeout
    if resolve is system_resolve:
        resolve = partial(system_resolve, within=min(timeout, LOOKUP_SECONDS))
    verdict = judge_host(host, port, resolve=resolve, allow_nets=allow_nets)
    if not verdict.allow:
        if verdict.reason == UNRESOLVED:
            raise socket.gaierror(socket.EAI_NONAME, UNRESOLVED)
        raise ConnectionDenied(verdict.reason)
    return _connect_first(verdict.addresses, port, deadline, timeout)


def open_connection(host: str, port: int, *, timeout: float) -> socket.socket:
    """A connected TCP socket to a place the operator named: no judgement, the same time limits. Raises OSError."""
    deadline = clock.monotonic() + timeout
    addresses = system_resolve(host, port, within=min(timeout, LOOKUP_SECONDS))
    return _connect_first(addresses, port, deadline, timeout)


def request(  # noqa: PLR0913 - what an HTTP request is made of
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    timeout: float = 30.0,
    max_bytes: int = 10_000_000,
    allow_nets: Sequence[Network] = (),
    resolve: Resolver = system_resolve,
    tls: ssl.SSLContext | None = None,
    max_redirects: int = MAX_REDIRECTS,
) -> Response:
    """One HTTP(S) request by the guard, following up to five redirects, each judged anew. Any status is an answer.

    `max_redirects` 0: a redirect is a failure, so that what is sent reaches nobody but the place that was named.
    `timeout` bounds the whole exchange in seconds, however slowly bytes drip in; `max_bytes` bounds the body.
    Raises ConnectionDenied when an address is refused, RequestFailed otherwise.
    """
    deadline = clock.monotonic() + timeout

    def open_socket(host: str, port: int, left: float) -> socket.socket:
        return open_guarded_connection(host, port, timeout=left, allow_nets=allow_nets, resolve=resolve)

    exchange = _Exchange(method, url, dict(headers or {}), body)
    for _ in range(max_redirects + 1):
        response = exchange.once(open_socket, deadline, max_bytes, tls)
        if not exchange.follow(response):
            return response
    raise RequestFailed("redirect", "The server redirects in a circle, or where it may not.")


@dataclass(slots=True)
class _Exchange:
    """What is to be asked next; a redirect changes it."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes | None

    def once(self, opener: Opener, deadline: float, max_bytes: int, tls: ssl.SSLContext | None) -> Response:
        """Ask once. Raises ConnectionDenied, RequestFailed."""
        try:
            target = read_target(self.url)
        except TargetRefused as refused:
            raise ConnectionDenied(str(refused)) from None
        connection = _GuardedConnection(target, opener, deadline, tls)
        try:
            return self._ask(connection, max_bytes)
        except ConnectionDenied:
            raise
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise _explain(error, connection.step) from error
        finally:
            connection.close()

    def _ask(self, connection: _GuardedConnection, max_bytes: int) -> Response:
        parts = urlsplit(self.url)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.connect()
        connection.step = "send"
        connection.request(self.method, path, body=self.body, headers={"Accept-Encoding": "identity", **self.headers})
        connection.step = "read"
        answer = connection.getresponse()
        headers = {name.lower(): value for name, value in answer.getheaders()}
        return Response(answer.status, headers, _read_limited(answer, max_bytes), self.url)

    def follow(self, response: Response) -> bool:
        """Turn to where the answer points; False when it is final. Raises RequestFailed, ConnectionDenied."""
        location = response.headers.get("location", "")
        if response.status not in (301, 302, 303, 307, 308) or not location:
            return False
        before = urlsplit(self.url)
        self.url = urljoin(self.url, location)
        try:
            after = read_target(self.url)
            origin = read_target(response.url)
        except TargetRefused as refused:
            raise ConnectionDenied(str(refused)) from None
        if before.scheme == "https" and after.scheme != "https":
            raise RequestFailed("redirect", "The server redirects from https to http.")
        if (after.scheme, after.host, after.port) != (origin.scheme, origin.host, origin.port):
            self.headers = {name: text for name, text in self.headers.items() if name.lower() not in _FOR_ONE_ORIGIN}
        if response.status in (301, 302, 303) and self.method not in ("GET", "HEAD"):
            self.method, self.body = "GET", None
            self.headers = {n: text for n, text in self.headers.items() if not n.lower().startswith("content-")}
        return True


class _GuardedConnection(http.client.HTTPConnection):
    """An HTTP connection whose socket comes from the guard and whose every read ends at one deadline."""

    def __init__(self, target: Target, opener: Opener, deadline: float, tls: ssl.SSLContext | None) -> None:
        self.default_port = 443 if target.scheme == "https" else 80
        super().__init__(target.host, target.port)
        self.step = "resolve"
        self._target = target
        self._opener = opener
        self._deadline = deadline
        self._tls = tls

    def connect(self) -> None:
        self.step = "connect"
        opened = self._opener(self._target.host, self._target.port, _left(self._deadline))
        if self._target.scheme == "https":
            self.step = "tls"
            opened = self._encrypt(opened)
        self.sock = _DeadlineSocket(opened, self._deadline)

    def _encrypt(self, opened: socket.socket) -> socket.socket:
        context = self._tls or ssl.create_default_context()
        opened.settimeout(_left(self._deadline))
        try:
            return context.wrap_socket(opened, server_hostname=self._target.host)
        except BaseException:
            opened.close()
            raise


class _DeadlineSocket:
    """The part of a socket that http.client uses; what is left of the time is set before each operation."""

    def __init__(self, opened: socket.socket, deadline: float) -> None:
        self._opened = opened
        self._deadline = deadline

    def sendall(self, data: Any) -> None:
        self._opened.settimeout(_left(self._deadline))
        self._opened.sendall(data)

    def makefile(self, mode: str) -> io.BufferedReader:
        raw = self._opened.makefile("rb", buffering=0)
        return io.BufferedReader(_DeadlineReader(self._opened, raw, self._deadline))

    def close(self) -> None:
        self._opened.close()


class _DeadlineReader(io.RawIOBase):
    def __init__(self, opened: socket.socket, raw: socket.SocketIO, deadline: float) -> None:
        self._opened = opened
        self._raw = raw
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._opened.settimeout(_left(self._deadline))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


def _connect_first(addresses: Sequence[str], port: int, deadline: float, timeout: float) -> socket.socket:
    """Try the judged addresses in turn; none may use up the others' time. Raises the last OSError."""
    failure: OSError = TimeoutError("Nobody answered in time.")
    for tried, address in enumerate(addresses):
        left = deadline - clock.monotonic()
        if left <= 0:
            break
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        opened = socket.socket(family, socket.SOCK_STREAM)
        opened.settimeout(left / (len(addresses) - tried))
        try:
            opened.connect((address, port))
        except OSError as error:
            opened.close()
            failure = error
            continue
        opened.settimeout(timeout)
        return opened
    raise failure


def _left(deadline: float) -> float:
    left = deadline - clock.monotonic()
    if left <= 0:
        raise TimeoutError("The time for this request is used up.")
    return left


def _read_limited(answer: http.client.HTTPResponse, max_bytes: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    while part := answer.read1(_CHUNK):
        size += len(part)
        if size > max_bytes:
            raise RequestFailed("size", f"The answer is larger than {max_bytes} bytes.")
        parts.append(part)
    # Reading piece by piece, http.client takes an early end for the end.
    if answer.length:
        raise http.client.IncompleteRead(b"", answer.length)
    return b"".join(parts)


def _explain(error: Exception, step: str) -> RequestFailed:
    if isinstance(error, socket.gaierror):
        return RequestFailed("resolve", UNRESOLVED)
    if isinstance(error, ssl.SSLCertVerificationError):
        return RequestFailed("tls", f"The server's certificate is not trusted: {error.verify_message}.")
    if isinstance(error, TimeoutError):
        return RequestFailed("time", "The server did not answer in time.")
    if isinstance(error, ssl.SSLError):
        return RequestFailed("tls", f"No encrypted connection: {error.reason}.")
    if isinstance(error, ConnectionRefusedError):
        return RequestFailed("connect", "The server refused the connection.")
    return RequestFailed(step, f"The exchange broke off ({type(error).__name__}).")
