"""What every page knows besides its own content."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest

THEMES = ("light", "dark")


@dataclass(frozen=True, slots=True)
class Appearance:
    """`company` reads as its name. `theme` is light, dark or empty (as the device wishes); `demo` asks for the banner on every page,
    `held` for the one that says that nothing leaves a restored copy."""

    company: object
    theme: str
    demo: bool
    held: object
    nonce: str


def appearance(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `appearance` and `csp_nonce`. The theme is a cookie, so that no page flashes."""
    theme = request.COOKIES.get("theme", "")
    nonce = getattr(request, "csp_nonce", "")
    shown = Appearance(
        # Lazy: set by the face that knows the company, read only where a page shows it.
        company=getattr(request, "company_name", "Rapport"),
        theme=theme if theme in THEMES else "",
        demo=bool(settings.ENVIRONMENT.demo),
        held=getattr(request, "is_held", False),
        nonce=nonce,
    )
    return {"appearance": shown, "csp_nonce": nonce}
