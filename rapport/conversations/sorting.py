"""Tags are kept in order: renamed, coloured, described, put away, merged. What conversations carry stays with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import IntegerField, OuterRef, QuerySet, Subquery

from rapport.conversations.errors import CannotMerge, NameTaken, NoName, NotAllowed, NotFound, NotMerged, UnknownStatus
from rapport.conversations.models import ConversationTag, Tag
from rapport.conversations.tagging import folded_name
from rapport.events import auditing
from rapport.kit import clock, text
from rapport.people.models import Account
from rapport.people.rights import Right

PAGE = 50
COUNTED = 1000  # beyond this many uses a tag is simply used a lot
_TOLD = ("name", "colour", "description")


class _CountOf(Subquery):
    """How many rows a limited query finds, so that a tag on a million conversations costs a look at a thousand."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


@dataclass(frozen=True, slots=True)
class Named:
    """A tag as it should be."""

    name: str
    colour: str = ""
    description: str = ""


def may_sort(account: Account) -> bool:
    """Whether the account keeps the tags of the company in order."""
    return account.may(Right.INSTALLATION) or account.may(Right.TEAM_SETTINGS)


def listed(words: str = "", *, after: str = "", archived: bool = False) -> tuple[list[Any], str]:
    """A page of tags by name with `uses` (at most COUNTED), and where the next begins; those that were merged left out."""
    rows = Tag.objects.filter(canonical__isnull=True, archived_at__isnull=not archived)
    if words:
        rows = rows.filter(folded__contains=folded_name(words))
    if after:
        rows = rows.filter(folded__gt=after)
    carried = ConversationTag.objects.filter(tag_id=OuterRef("pk")).order_by().values("pk")[:COUNTED]
    found = list(rows.annotate(uses=_CountOf(carried)).order_by("folded")[: PAGE + 1])
    return found[:PAGE], found[PAGE - 1].folded if len(found) > PAGE else ""


def get(account: Account, pk: int) -> Tag:
    """A tag to sort, merged ones too. Raises NotFound."""
    found = Tag.objects.select_related("canonical").filter(pk=pk).first() if may_sort(account) else None
    if found is None:
        raise NotFound
    return found


def named(account: Account, name: str) -> Tag:
    """The living tag that a person wrote. Raises NotFound."""
    found = Tag.objects.filter(folded=folded_name(name), canonical__isnull=True).first() if may_sort(account) else None
    if found is None:
        raise NotFound
    return found


def merged_into(tag: Tag) -> QuerySet[Tag]:
    """Tags that this one stands for."""
    return Tag.objects.filter(canonical=tag).order_by("folded")


@transaction.atomic
def change(tag: Tag, named: Named, *, by: Account) -> Tag:
    """Another name, colour or description. Raises NoName, NameTaken (merge them instead), UnknownStatus, NotAllowed."""
    _demand(by)
    before = auditing.state(tag, *_TOLD)
    tag.name, tag.folded = text.clean_line(named.name, 60), folded_name(named.name)
    if not tag.folded:
        raise NoName
    if named.colour not in Tag.Colour.values:
        raise UnknownStatus
    tag.colour, tag.description = named.colour, text.clean_line(named.description, 200)
    try:
        with transaction.atomic():
            tag.save()
    except IntegrityError:
        raise NameTaken from None
    auditing.changed("tag.changed", tag, by=by, before=before)
    return tag


@transaction.atomic
def set_archived(tag: Tag, *, archived: bool, by: Account) -> None:
    """Out of the suggestions, or back; conversations keep it."""
    _demand(by)
    tag.archived_at = clock.now() if archived else None
    tag.save(update_fields=["archived_at"])
    auditing.changed("tag.archived" if archived else "tag.restored", tag, by=by)


@transaction.atomic
def merge(tag: Tag, *, into: Tag, by: Account) -> Tag:
    """Let `into` stand for `tag`: on every conversation, and wherever the old word is used from now on.

    Raises CannotMerge, NotAllowed.
    """
    _demand(by)
    rows = {row.pk: row for row in Tag.objects.select_for_update().filter(pk__in=[tag.pk, into.pk]).order_by("pk")}
    tag, into = rows[tag.pk], rows[into.pk]
    if tag.pk == into.pk or tag.canonical_id is not None or into.canonical_id is not None:
        raise CannotMerge
    carried = ConversationTag.objects.filter(tag=tag)
    both = ConversationTag.objects.filter(tag=into).values("conversation_id")
    # Where a conversation carries both, the old row stays and is shown no more: an undo finds it again.
    carried.exclude(conversation_id__in=both).update(tag=into, was=tag.pk)
    tag.canonical = into
    tag.save(update_fields=["canonical"])
    auditing.changed("tag.merged", tag, by=by, after={"into": into.name})
    return into


@transaction.atomic
def undo_merge(tag: Tag, *, by: Account) -> Tag:
    """Let the tag stand for itself again, on the conversations that still carry what it became. Raises NotMerged."""
    _demand(by)
    into = tag.canonical
    if into is None:
        raise NotMerged
    moved = ConversationTag.objects.filter(tag=into, was=tag.pk)
    moved.exclude(conversation_id__in=ConversationTag.objects.filter(tag=tag).values("conversation_id")).update(
        tag=tag, was=None
    )
    tag.canonical = None
    tag.save(update_fields=["canonical"])
    auditing.changed("tag.unmerged", tag, by=by, before={"into": into.name}, after={})
    return tag


def _demand(by: Account) -> None:
    if not may_sort(by):
        raise NotAllowed
