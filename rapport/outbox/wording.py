"""Why something did not leave, in words: rows keep the sentence of the log, which is the same for everybody."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

WAITED_IN_BACKUP = noop("It waited when the backup was made; the original installation may have sent it since.")
NO_WAY_OUT = noop("No inbox is connected yet and RAPPORT_SYSTEM_MAIL_URL is not set, so nothing can be sent.")
INBOX_GONE = noop("The inbox of this copy is gone.")
_OURS = frozenset({WAITED_IN_BACKUP, NO_WAY_OUT, INBOX_GONE})


def in_words(answer: str) -> str:
    """What a delivery keeps as its last answer, ours in the reader's language; what a server said stays as it said it."""
    return _(answer) if answer in _OURS else answer
