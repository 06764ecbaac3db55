"""Why a push did not arrive, in words: rows keep the sentence of the log, which is the same for everybody."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

UNREADABLE = "The key that signs pushes cannot be read."
ANSWERED = "The push service answered {}."
BROKE_OFF = "It broke off ({})."
_SAID = (
    (UNREADABLE, noop("The key that signs pushes cannot be read.")),
    (ANSWERED, noop("The push service answered %(what)s.")),
    (BROKE_OFF, noop("It broke off (%(what)s).")),
)
_PATTERNS = tuple(
    (re.compile(re.escape(kept).replace(re.escape("{}"), "(?P<what>.*)")), words) for kept, words in _SAID
)


def in_words(kept: str) -> str:
    """A kept sentence in the reader's language; what the connection says itself stays as it says it."""
    for pattern, words in _PATTERNS:
        found = pattern.fullmatch(kept)
        if found:
            return _(words) % found.groupdict() if found.groupdict() else _(words)
    return _("The push service could not be reached: %(reason)s") % {"reason": kept} if kept else ""
