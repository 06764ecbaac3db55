"""Conversations that belong together: a problem and its incidents, a matter and its parts, or simply related ones."""

from __future__ import annotations

from django.db import transaction

from rapport.conversations import access, history, locking
from rapport.conversations.errors import CannotLink, NotFound, UnknownStatus
from rapport.conversations.models import Conversation, Link
from rapport.people.models import Account
from rapport.people.rights import Right

# What `one` is to `other`, as one says it: the kind of the link, and whether `one` is its incident or part.
ROLES = {
    "related": (Link.Kind.RELATED, True),
    "incident": (Link.Kind.INCIDENT, True),
    "problem": (Link.Kind.INCIDENT, False),
    "child": (Link.Kind.CHILD, True),
    "parent": (Link.Kind.CHILD, False),
}


def link(conversation: Conversation, *, to: Conversation, role: str, by: Account) -> Link:
    """`to` becomes `role` of the conversation: related, its problem, incident, parent or child. Saying it twice is one.

    Raises CannotLink with itself or the other way round, UnknownStatus, NotFound, NotAllowed: one must see both.
    """
    access.require(by, conversation, Right.MANAGE)
    access.require(by, to, Right.MANAGE)
    if role not in ROLES:
        raise UnknownStatus
    with transaction.atomic():
        ours, theirs = locking.lock_living_pair(conversation, to)
        if ours.pk == theirs.pk:
            raise CannotLink
        kind, to_is_one = ROLES[role]
        one, other = (theirs, ours) if to_is_one else (ours, theirs)
        if kind == Link.Kind.RELATED:
            one, other = sorted((ours, theirs), key=lambda row: row.pk)
        elif Link.objects.filter(kind=kind, one=other, other=one).exists():
            raise CannotLink
        made, is_new = Link.objects.get_or_create(kind=kind, one=one, other=other, defaults={"created_by": by})
        if is_new:
            _tell("linked", made, by=by)
        return made


def unlink(conversation: Conversation, pk: int, *, by: Account) -> None:
    """Take a link of this conversation off. Raises NotFound, NotAllowed."""
    access.require(by, conversation, Right.MANAGE)
    with transaction.atomic():
        family = locking.family_ids(conversation)
        found = Link.objects.select_related("one", "other").filter(pk=pk).first()
        if found is None or not {found.one_id, found.other_id} & set(family):
            raise NotFound
        if not Link.objects.filter(pk=pk).delete()[0]:
            raise NotFound  # a colleague was faster, and told it
        _tell("unlinked", found, by=by)


def _tell(kind: str, made: Link, *, by: Account) -> None:
    """In the history of both, each naming the other by its number alone."""
    for conversation, other in ((made.one, made.other), (made.other, made.one)):
        history.changed(conversation, kind, by=by, other=other.pk, link=made.kind)
