"""From an ASGI scope to the WSGI environ a page is given, believing forwarded headers of named proxies only."""

from __future__ import annotations

import ipaddress
import sys
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote_to_bytes

from rapport.config.spooling import Body
from rapport.config.values import Network

_FORWARDED = frozenset({"HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_FORWARDED"})


class BadRequest(Exception):
    """The request cannot be understood in one way only."""


def make_environ(scope: dict[str, Any], body: Body, proxies: Iterable[Network]) -> dict[str, Any]:
    """The environ of one request. Raises BadRequest for a host named twice.

    A header with an underscore is dropped: it would pass for the same header with a dash, which a proxy has checked.
    The forwarded headers themselves never reach the pages; what they say is in REMOTE_ADDR and wsgi.url_scheme, and
    that there were any, believed or not, in rapport.forwarded.
    """
    client, server = scope.get("client") or ("", 0), scope.get("server") or ("localhost", 80)
    raw_path = scope.get("raw_path") or scope["path"].encode()
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(raw_path).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": str(server[0]),
        "SERVER_PORT": str(server[1] or 80),
        "REMOTE_ADDR": str(client[0]),
        "CONTENT_LENGTH": str(body.size),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body.file,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    _add_headers(environ, scope["headers"])
    _apply_forwarded(environ, tuple(proxies))
    return environ


def _add_headers(environ: dict[str, Any], headers: Iterable[tuple[bytes, bytes]]) -> None:
    for raw_name, raw_value in headers:
        name, value = raw_name.decode("latin-1").upper(), raw_value.decode("latin-1")
        if "_" in name or name in ("CONTENT-LENGTH", "TRANSFER-ENCODING"):
            continue
        key = "CONTENT_TYPE" if name == "CONTENT-TYPE" else "HTTP_" + name.replace("-", "_")
        if key in environ and key == "HTTP_HOST":
            raise BadRequest
        joint = "; " if key == "HTTP_COOKIE" else ","
        environ[key] = environ[key] + joint + value if key in environ else value


def _apply_forwarded(environ: dict[str, Any], proxies: tuple[Network, ...]) -> None:
    told = {name: environ.pop(name) for name in _FORWARDED if name in environ}
    environ["rapport.forwarded"] = bool(told)
    if not _is_among(environ["REMOTE_ADDR"], proxies):
        return
    scheme = told.get("HTTP_X_FORWARDED_PROTO", "").split(",")[-1].strip().lower()
    if scheme in ("http", "https"):
        environ["wsgi.url_scheme"] = scheme
    # Each proxy appends whom it saw: the last one that is not a proxy of ours is the client.
    for address in reversed([each.strip() for each in told.get("HTTP_X_FORWARDED_FOR", "").split(",")]):
        if not _is_address(address):
            return
        environ["REMOTE_ADDR"] = address
        if not _is_among(address, proxies):
            return


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _is_among(address: str, networks: tuple[Network, ...]) -> bool:
    return _is_address(address) and any(ipaddress.ip_address(address) in network for network in networks)
