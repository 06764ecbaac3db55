"""What every page knows besides its own content."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.utils.functional import cached_property
from django.utils.html import format_html

THEMES = ("light", "dark")


@dataclass(frozen=True, slots=True)
class Appearance:
    """`company` reads as its name. `theme` is light, dark or empty (as the device wishes); `demo` asks for the banner on
    every page, `held` for the one that says that nothing leaves a restored copy. `languages`: code and own name of those a
    visitor can choose, none where there is but one. `house` is what the company decided about its desk, `look` the
    addresses of its own style sheet and logo; both read as nothing where no face set them."""

    company: object
    theme: str
    demo: bool
    held: object
    languages: tuple[tuple[str, str], ...]
    house: object
    look: object
    nonce: str


class CsrfToken:
    """The token of a page. Django's own masks the secret anew wherever it stands, thirty-two random letters each time."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    def __str__(self) -> str:
        return self._masked

    @cached_property
    def _masked(self) -> str:
        return get_token(self._request)


class CsrfInput:
    """The hidden field of forms."""

    def __init__(self, token: CsrfToken) -> None:
        self._token = token

    def __html__(self) -> str:
        return self._written

    def __str__(self) -> str:
        return self._written

    @cached_property
    def _written(self) -> str:
        return format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', str(self._token))


def appearance(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `appearance`, `csp_nonce`, `csrf_token` and `csrf_input`. The theme is a cookie, so that no page flashes."""
    theme = request.COOKIES.get("theme", "")
    nonce = getattr(request, "csp_nonce", "")
    shown = Appearance(
        # Lazy: set by the face that knows the company, read only where a page shows it.
        company=getattr(request, "company_name", "Rapport"),
        theme=theme if theme in THEMES else "",
        demo=bool(settings.ENVIRONMENT.demo),
        languages=tuple(settings.LANGUAGES) if len(settings.LANGUAGES) > 1 else (),
        held=getattr(request, "is_held", False),
        house=getattr(request, "house", ""),
        look=getattr(request, "look", ""),
        nonce=nonce,
    )
    token = CsrfToken(request)
    return {"appearance": shown, "csp_nonce": nonce, "csrf_token": token, "csrf_input": CsrfInput(token)}
