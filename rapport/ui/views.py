"""The one address of the look that is no file."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from rapport.ui import assets


@login_not_required
@require_safe
def style(request: HttpRequest) -> HttpResponse:
    """The style sheet. Its address changes with its content, so it may be kept for a year."""
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return HttpResponse(assets.stylesheet(), content_type="text/css; charset=utf-8", headers=headers)
