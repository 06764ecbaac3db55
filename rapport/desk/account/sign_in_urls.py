"""allauth's pages as the product offers them, mounted under /accounts/.

Left out are the pages by which somebody could give an account other addresses. Its views open their own short
transactions: hashing a password inside a long one would make every other writer wait.
"""

from __future__ import annotations

from allauth.urls import urlpatterns as every_page
from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, URLResolver

from rapport.desk.entering import opens_own_transactions

CLOSED = frozenset({"account_email", "account_confirm_email", "account_email_verification_sent"})
OPEN = frozenset({"mfa_login_webauthn"})


def _offered(patterns: list[URLPattern | URLResolver]) -> list[URLPattern | URLResolver]:
    kept: list[URLPattern | URLResolver] = []
    for entry in patterns:
        if isinstance(entry, URLResolver):
            kept += _flattened(entry)
        elif entry.name not in CLOSED:
            kept.append(_marked(entry))
    return kept


def _flattened(resolver: URLResolver) -> list[URLPattern | URLResolver]:
    inner = _offered(list(resolver.url_patterns))
    return [URLResolver(resolver.pattern, inner)] if inner else []


def _marked(entry: URLPattern) -> URLPattern:
    view = opens_own_transactions(entry.callback)
    if entry.name in OPEN:
        view = login_not_required(view)
    return URLPattern(entry.pattern, view, entry.default_args, entry.name)


urlpatterns = _offered(every_page)
