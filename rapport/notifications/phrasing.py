"""The words of pushes: no more than the bell says, and less where the company wants nothing on locked screens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rapport.kit import text
from rapport.notifications.models import Notification
from rapport.notifications.topics import Why, sentence
from rapport.people import installing, speaking
from rapport.people.models import Account

_TITLE_CHARS = 160
_LINES = 3
Said = dict[str, Any]


def phrase(rows: Sequence[Notification], *, account: Account) -> Said:
    """What a browser is to show about these, newest last, in its owner's language. `tag`: one of a tag replaces another."""
    with translation.override(speaking.colleague(account)):
        newest, count = rows[-1], len(rows)
        of_one = len({row.conversation_id for row in rows}) == 1
        address = f"/conversations/{newest.conversation_id}/" if of_one else "/notifications/"
        said = _addressed(address, tag=f"conversation-{newest.conversation_id}" if of_one else "news", at=newest)
        if not installing.current().push_words:
            return {**said, "title": _("Something new"), "body": _("Open Rapport to see it.")}
        if count == 1:
            return {**said, "title": _headline(newest), "body": str(Why(newest.why).label)}
        if of_one:
            more = ngettext("And %(n)d more.", "And %(n)d more.", count - 1) % {"n": count - 1}
            return {**said, "title": _headline(newest), "body": more}
        title = ngettext("%(n)d thing happened in the meantime", "%(n)d things happened in the meantime", count)
        body = "\n".join(_headline(row) for row in reversed(rows[-_LINES:]))
        return {**said, "title": title % {"n": count}, "body": body}


def phrase_trial(account: Account) -> Said:
    """What is shown when somebody tries whether it arrives."""
    with translation.override(speaking.colleague(account)):
        words = {"title": _("This is how Rapport tells you"), "body": _("You asked for this to try it.")}
        return {**_addressed("/account/notifications/", tag="trial"), **words}


def _addressed(address: str, *, tag: str, at: Notification | None = None) -> Said:
    direction = "rtl" if translation.get_language_bidi() else "ltr"
    facts: Said = {"url": address, "tag": tag, "lang": translation.get_language() or "en", "dir": direction}
    return facts | ({"at": int(at.at.timestamp() * 1000)} if at else {})


def _headline(row: Notification) -> str:
    return text.clean_line(sentence(row.said, who=row.who, subject=row.conversation.subject), _TITLE_CHARS)
