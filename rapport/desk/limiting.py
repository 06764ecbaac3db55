"""How often somebody may try to sign in or ask for a reset: per address, per account, and for the installation.

Counted in the database, over all processes. Who signed in to this account from this address before is held only to
the limit of the pair, so that an attack from elsewhere locks nobody out.
"""

from __future__ import annotations

from ipaddress import ip_address

from allauth.core.internal import ratelimit
from allauth.core.internal.ratelimit import RateLimitUsage
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

RETRY_AFTER_SECONDS = 300
RESET_MAILS_AN_HOUR = 60
_PAIR = "5/5m/key"
_STRANGER = {"installation": "20/m/key", "address": "10/m/key", "account": "15/5m/key"}


@transaction.atomic
def allow_attempt(request: HttpRequest, *, email: str, ip: str) -> RateLimitUsage | None:
    """Count one try; None when a limit is reached. `rollback()` of the result takes the try back.

    The limit that all strangers share comes first: a try that it refuses leaves no count of its own behind, so that a
    flood of ever new addresses and accounts fills no table.
    """
    address, account = ratelimit.truncate_ip(ip), email.strip().lower()
    limits = [("pair", _PAIR, f"{address} {account}")]
    if not _is_familiar(account, ip):
        keys = {"address": address, "account": account, "installation": "all"}
        limits = [*((name, rate, keys[name]) for name, rate in _STRANGER.items()), *limits]
    counted = RateLimitUsage(usage=[])
    for name, rate, key in limits:
        action = f"sign_in_{name}"
        usage = ratelimit.consume(request, app="rapport", action=action, config={action: rate}, key=key)
        if usage is None:
            counted.rollback()
            return None
        counted.usage += usage.usage
    return counted


def allow_reset_mail(request: HttpRequest) -> bool:
    """Count one mail with a link to set a password, for the whole installation; False when there were too many.

    Per address and per account allauth counts; this holds whoever has many addresses and a list of accounts.
    """
    config = {"reset_mail": f"{RESET_MAILS_AN_HOUR}/h/key"}
    return ratelimit.consume(request, app="rapport", action="reset_mail", config=config, key="all") is not None


def too_many(request: HttpRequest) -> HttpResponse:
    """The answer to one try too many."""
    page = render_to_string("429.html", {}, request)
    return HttpResponse(page, status=429, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})


def client_ip(request: HttpRequest) -> str:
    """The address the request came from: the last one that is no trusted proxy of the operator's.

    Only a trusted proxy's X-Forwarded-For is read, from its end, where that proxy itself wrote.
    """
    hops = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    here = str(request.META.get("REMOTE_ADDR") or "127.0.0.1")
    while hops and _is_trusted(here):
        here = hops.pop()
    try:
        return str(ip_address(here))
    except ValueError:
        return str(request.META.get("REMOTE_ADDR") or "127.0.0.1")


def _is_trusted(address: str) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in settings.ENVIRONMENT.trusted_proxies)


def _is_familiar(email: str, ip: str) -> bool:
    return bool(UserSession.objects.filter(user__email=email, ip=ip).exists())
