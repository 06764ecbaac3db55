"""Clients that stall: an upload whose body never ends, a download nobody reads, headers that trickle.

with stalled_upload(product.url, "/uploads/", count=5, headers={"Cookie": …}):
    …everybody else's pages must answer as before…
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

BOUNDARY = "slow"
SMALL_WINDOW = 4096


@contextmanager
def stalled_upload(
    url: str, path: str, *, count: int = 1, headers: dict[str, str] | None = None, size: int = 10_000_000
) -> Iterator[list[socket.socket]]:
    """Announce a multipart body of `size` bytes, send its beginning, and stay silent until the block ends."""
    kind = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}", "Content-Length": str(size)}
    beginning = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\nsome bytes'
    request = _head("POST", url, path, {**kind, **(headers or {})}) + b"\r\n" + beginning.encode()
    with _connections(url, count, request) as clients:
        yield clients


@contextmanager
def stalled_headers(url: str, path: str = "/", *, count: int = 1) -> Iterator[list[socket.socket]]:
    """Begin a request and never finish its headers."""
    with _connections(url, count, _head("GET", url, path, {})) as clients:
        yield clients


@contextmanager
def stalled_download(
    url: str, path: str, *, count: int = 1, headers: dict[str, str] | None = None
) -> Iterator[list[socket.socket]]:
    """Ask for a large answer through a tiny window and read none of it."""
    with _connections(url, count, _head("GET", url, path, headers or {}) + b"\r\n") as clients:
        yield clients


@contextmanager
def _connections(url: str, count: int, request: bytes) -> Iterator[list[socket.socket]]:
    parts = urlsplit(url)
    with ExitStack() as stack:
        clients = []
        for _ in range(count):
            client = stack.enter_context(socket.socket())
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_WINDOW)
            client.settimeout(10)
            client.connect((parts.hostname or "", parts.port or 80))
            client.sendall(request)
            clients.append(client)
        yield clients


def _head(method: str, url: str, path: str, headers: dict[str, str]) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", f"Host: {urlsplit(url).netloc}", *(f"{k}: {v}" for k, v in headers.items())]
    return "".join(f"{line}\r\n" for line in lines).encode()
