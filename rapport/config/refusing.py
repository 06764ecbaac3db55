"""What somebody reads whose request never reached a page: in the language their browser asks for."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.utils.translation.trans_real import parse_accept_lang_header

_REASONS = {
    400: noop("The request could not be understood. Nothing was changed."),
    408: noop("The request took too long to arrive. Nothing was changed; try again."),
    413: noop("What was sent is larger than this server takes. Nothing was changed."),
    500: noop("Something broke on our side. Try again; if it happens once more, tell your administrator."),
    503: noop("Too much is asked of the server just now. Nothing was changed; try again in a moment."),
}


def sentence(scope: MutableMapping[str, Any], status: int) -> str:
    """Asks no database: whoever is refused here may be nobody we know."""
    from rapport.people import speaking

    headers = dict(scope.get("headers") or ())
    asked = parse_accept_lang_header(headers.get(b"accept-language", b"").decode("latin-1"))
    with translation.override(next(filter(None, (speaking.known(code) for code, _quality in asked)), None)):
        return _(_REASONS[status])
