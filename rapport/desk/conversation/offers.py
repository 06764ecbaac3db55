"""What the menus of a conversation offer, written once: for as long as nobody comes, goes or is renamed."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Any

from django.template.loader import get_template
from django.utils import translation
from markupsafe import Markup

from rapport.conversations.directory import Directory
from rapport.conversations.models import Conversation

# Writes an option from its value and name; the last argument says whether it is the present one.
Writer = Callable[[Hashable, object, bool], str]


class Group:
    """Options of which one may be the present one."""

    def __init__(self, options: Iterable[tuple[Hashable, object]], write: Writer) -> None:
        self._names = dict(options)
        self._write = write
        self._written = "".join(write(value, name, False) for value, name in self._names.items())
        self._pairs: dict[Hashable, tuple[str, str]] = {}  # an option as it is and as the present one

    def around(self, present: Hashable) -> Markup:
        """All of them, the present one marked."""
        if present not in self._names:
            return Markup(self._written)  # noqa: S704
        pair = self._pairs.get(present)
        if pair is None:
            plain, marked = (str(self._write(present, self._names[present], is_so)) for is_so in (False, True))
            pair = self._pairs[present] = plain, marked
        return Markup(self._written.replace(*pair, 1))  # noqa: S704


class Offers:
    """For one language: `colleagues` to assign to, `teams` to move to, `mentions` to tick in a note, `tags` to choose."""

    def __init__(self, directory: Directory) -> None:
        self.directory = directory
        write: Any = get_template("desk/conversation/_options.html").template.module  # type: ignore[attr-defined]
        self.colleagues = Group(directory.colleagues, write.colleague)
        self.teams = Group(directory.living_teams, write.team)
        self.priorities = Group(Conversation.Priority.choices, write.priority)
        self.stages = Group(Conversation.Stage.choices, write.stage)
        people = [write.mention(pk, name) for pk, name in directory.colleagues]
        self.mentions = Markup("").join([*people, *(write.mentioned_team(*team) for team in directory.living_teams)])
        self.tags = Markup("").join(write.tag(name) for name in directory.tags)


def offers(directory: Directory) -> Offers:
    """Those of this directory in the reader's language."""
    language = translation.get_language() or ""
    known = _offers.get(language)
    if known is None or known.directory is not directory:
        known = _offers[language] = Offers(directory)
    return known


_offers: dict[str, Offers] = {}
