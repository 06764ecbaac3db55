"""Several things on one line, as the reader's language sets them apart."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import pgettext

_ONE, _NEXT = "%(one)s", "%(next)s"


def listed(things: Iterable[object]) -> str:
    """`Ana, Ben, Kim`; nothing is said between the last two, so the list may stand anywhere in a sentence."""
    # Translators: what stands between one thing and the next. The two values keep this order.
    pattern = pgettext("a list", "%(one)s, %(next)s")
    return pattern.removeprefix(_ONE).removesuffix(_NEXT).join(str(one) for one in things)
