"""Every address the product answers, read from its own resolver, and answers made comparable."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from django.urls import URLPattern, URLResolver, get_resolver

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
CANARIES = (b"Quaggasubject", b"Quaggawords", b"quaggafile", b"Quagganote", b"quaggatag", b"Quaggaorder")
_RANDOM = re.compile(
    rb'nonce(?:-|=")[\w-]+|name="(?:csrfmiddlewaretoken|once)" value="\w+"|X-CSRFToken[^}]*|data-csrf="\w+"'
)
_CHANGING = ("Content-Security-Policy", "Content-Length", "Set-Cookie")


def every_route() -> Iterator[str]:
    """The patterns of the resolver, in order."""
    yield from _walk(get_resolver().url_patterns, "")


def _walk(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[str]:
    for entry in patterns:
        here = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _walk(entry.url_patterns, here)
        else:
            yield here


def verdict(response: Any) -> str:
    """The letter of the table for an answer; its status for anything that no cell may hold."""
    status = response.status_code
    if status in (301, 302) and response["Location"].partition("?")[0] == "/accounts/login/":
        return ">"
    if status < 400:
        return "+"
    return {403: "-", 404: "?", 400: "!", 409: "!", 410: "!", 422: "!"}.get(status, str(status))


def comparable(response: Any, path: str) -> tuple[object, ...]:
    """Status, headers and body without what differs by chance or repeats the address asked for."""
    body = _RANDOM.sub(b"", response.whole).replace(path.encode(), b"#").replace(quote(path).encode(), b"#")
    headers = sorted((name, value) for name, value in response.items() if name not in _CHANGING)
    return response.status_code, headers, body
