"""What lets a browser install Rapport like an app: its manifest, a calm page for when there is no connection, and the
service worker that keeps that page and our own files, never a conversation, and shows what is pushed."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from rapport.ui import assets

PAPER, INK = "#f8f5ef", "#15171b"
_WORKER = Path(__file__).parent / "static" / "ui" / "js" / "worker"


@login_not_required
@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """Name, icons and short cuts. It says no more than the page where one signs in."""
    name = str(getattr(request, "company_name", "Rapport"))
    icons = [("icon-192", 192, "any"), ("icon-512", 512, "any"), ("maskable-512", 512, "maskable")]
    shortcuts = [
        (_("New conversation"), "/conversations/new/"),
        (_("Mine"), "/inbox/?view=mine"),
        (_("Search"), "/search/"),
    ]
    content = {
        "id": "/",
        "name": name,
        "short_name": name[:12].strip(),
        "description": _("Customer conversations"),
        "lang": get_language() or "en",
        "dir": "rtl" if get_language_bidi() else "ltr",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": PAPER,
        "icons": [
            {
                "src": assets.asset(f"ui/icons/{file}.png"),
                "sizes": f"{size}x{size}",
                "type": "image/png",
                "purpose": purpose,
            }
            for file, size, purpose in icons
        ],
        "shortcuts": [{"name": title, "url": address} for title, address in shortcuts],
    }
    return JsonResponse(
        content, content_type="application/manifest+json", headers={"Cache-Control": "private, max-age=300"}
    )


@login_not_required
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """The page for when the server cannot be reached. It knows nobody, because browsers keep it; the worker that fetches
    it says in which language its reader reads."""
    asked = request.GET.get("language", "")
    with translation.override(asked if asked in dict(settings.LANGUAGES) else get_language()):
        answer = render(request, "ui/offline.html")
    answer["Cache-Control"] = "no-store"
    return answer


@login_not_required
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker. Its text changes with what it keeps, so that browsers take over a new version by themselves."""
    headers = {"Cache-Control": "no-cache", "Service-Worker-Allowed": "/"}
    return HttpResponse(
        _worker(get_language() or settings.LANGUAGE_CODE),
        content_type="text/javascript; charset=utf-8",
        headers=headers,
    )


@cache
def _worker(language: str) -> str:
    kept = [
        f"{reverse('offline')}?language={language}",
        assets.stylesheet_address(),
        assets.asset("ui/mark.svg"),
        assets.asset("ui/icons.svg"),
    ]
    icons = {"ICON": assets.asset("ui/icons/icon-192.png"), "BADGE": assets.asset("ui/icons/badge-96.png")}
    lines = [
        f"const KEPT = {json.dumps(kept)};",
        *(f"const {name} = {json.dumps(path)};" for name, path in icons.items()),
    ]
    return "\n".join([*lines, *((_WORKER / name).read_text("utf-8") for name in ("worker.js", "notices.js"))])
