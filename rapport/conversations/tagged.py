"""Named reads of tags, by kept statements: one view asks several times which tag a word means and what carries it."""

from __future__ import annotations

from rapport.conversations.models import ConversationTag, Tag
from rapport.conversations.tagging import folded_name, standing_for
from rapport.rows.asking import Objects, Question

FEW = 1000


def named(word: str) -> int | None:
    """The tag of this word, or what it was merged into."""
    found = _named.ask(folded_name(word))
    return standing_for(found[0]).pk if found else None


def few(tag_id: int) -> list[int] | None:
    """The conversations that carry it; None where they are more than FEW."""
    if _carrying.ask(tag_id, shape=(FEW, FEW + 1)):
        return None
    return [number for (number,) in _carrying.ask(tag_id, shape=(0, FEW))]


_named = Objects(lambda folded: Tag.objects.select_related("canonical").filter(folded=folded).order_by("pk")[:1])
_carrying = Question(
    lambda part, tag_id: (
        ConversationTag.objects.filter(tag_id=tag_id).order_by().values_list("conversation_id")[part[0] : part[1]]
    )
)
