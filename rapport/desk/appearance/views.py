"""The company's style sheet and logo. The page where one signs in shows them, so they are open to everybody: the two
that are in use, and nothing else by whatever name."""

from __future__ import annotations

import hmac

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from rapport.desk.appearance import looking
from rapport.files import storing
from rapport.kit import pictures
from rapport.people import installing
from rapport.ui.handoff import FileHandOff

# Addresses change with the content, so browsers may keep it for a year.
_KEPT = "public, max-age=31536000, immutable"


@login_not_required
@require_safe
def sheet(request: HttpRequest, version: str) -> HttpResponse:
    """The style sheet of today's accent and logo."""
    house = installing.current()
    if not _is(version, looking.version(house)):
        raise Http404
    css = looking.sheet(house.accent, has_logo=bool(house.logo_sha256))
    headers = {"Cache-Control": _KEPT, "X-Content-Type-Options": "nosniff"}
    return HttpResponse(css, content_type="text/css; charset=utf-8", headers=headers)


@login_not_required
@require_safe
def logo(request: HttpRequest, sha256: str) -> HttpResponseBase:
    """Today's logo, and no other stored file."""
    house = installing.current()
    if not _is(sha256, house.logo_sha256):
        raise Http404
    headers = {
        "Cache-Control": _KEPT,
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    try:
        return FileHandOff(storing.path_of(house.logo_sha256), content_type=pictures.MIME, headers=headers)
    except FileNotFoundError as error:
        raise Http404 from error


def _is(asked: str, today: str) -> bool:
    """Compared without haste, so that time tells nobody how much of a guess was right."""
    return bool(today) and hmac.compare_digest(asked.encode(), today.encode())
