"""Whether a request was made on this machine itself, and not handed over by a proxy on it."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port

FORWARDED = "rapport.forwarded"
_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})


def is_from_this_machine(request: HttpRequest) -> bool:
    """From loopback, to a loopback name, with no word of a proxy.

    A proxy that is not named among the trusted ones makes everybody look like this machine: an https address without
    a trusted proxy is such a set-up, so nobody counts as local there.
    """
    environment = settings.ENVIRONMENT
    if urlsplit(environment.base_url).scheme == "https" and not environment.trusted_proxies:
        return False
    host = split_domain_port(request.META.get("HTTP_HOST", "").lower())[0]
    return host in _NAMES and not request.META.get(FORWARDED) and _is_loopback(request.META.get("REMOTE_ADDR", ""))


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
