"""What every page knows besides its own content."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest

THEMES = ("light", "dark")


@dataclass(frozen=True, slots=True)
class Appearance:
    """`theme` is light, dark or empty (as the device wishes); `demo` asks for the banner on every page."""

    company: str
    theme: str
    demo: bool
    nonce: str


def appearance(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `appearance` and `csp_nonce`. The theme is a cookie, so that no page flashes."""
    theme = request.COOKIES.get("theme", "")
    nonce = getattr(request, "csp_nonce", "")
    shown = Appearance(
        company=str(getattr(settings, "COMPANY_NAME", "") or "Rapport"),
        theme=theme if theme in THEMES else "",
        demo=bool(settings.ENVIRONMENT.demo),
        nonce=nonce,
    )
    return {"appearance": shown, "csp_nonce": nonce}
