"""What nobody asked for: out of sight, and back again just as it was."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from rapport.conversations import access, history, locking, standing, tallying
from rapport.conversations.models import Conversation, OwnStatus
from rapport.events.models import Event
from rapport.people.models import Account
from rapport.people.rights import Right

Status = Conversation.Status
_COLUMNS = [*standing.COLUMNS, "status_before_spam", "waiting_since"]


def mark_spam(conversation: Conversation, *, by: Account | None) -> Conversation:
    """Put it among the spam. Its status is remembered, and messages that still arrive do not bring it back."""
    access.demand(by, Right.MANAGE)
    with transaction.atomic():
        conversation = locking.lock_living(conversation)
        if conversation.status == Status.SPAM:
            return conversation
        conversation.status_before_spam = conversation.status
        with standing.freely():  # whoever sees spam may say so
            facts = standing.enter(conversation, Status.SPAM, by=by)
        conversation.waiting_since = None
        conversation.save(update_fields=_COLUMNS)
        history.changed(conversation, "spam", by=by, **facts)
        return conversation


def not_spam(conversation: Conversation, *, by: Account | None) -> Conversation:
    """Bring it back with the status it had; customers nobody answered wait again."""
    access.demand(by, Right.MANAGE)
    with transaction.atomic():
        conversation = locking.lock_living(conversation)
        if conversation.status != Status.SPAM:
            return conversation
        before = Status(conversation.status_before_spam or Status.OPEN)
        with standing.freely():
            standing.enter(conversation, before, own=_own_before(conversation, before), by=by)
        conversation.status_before_spam = ""
        conversation.waiting_since = tallying.waiting_since(conversation)
        conversation.save(update_fields=_COLUMNS)
        history.changed(conversation, "unspam", by=by, status=conversation.status)
        return conversation


def _own_before(conversation: Conversation, kind: str) -> OwnStatus | None:
    """The company's own status that it had when it was called spam."""
    marked = Event.objects.filter(conversation_id=conversation.pk, kind="conversation.spam").order_by("-pk").first()
    number = marked.data.get("before_own") if marked else None
    return OwnStatus.objects.filter(pk=number, kind=kind).first() if number else None


def mark_all_spam(conversations: Iterable[Conversation], *, by: Account | None) -> int:
    """Mark many, all or none; how many were not spam before."""
    return _each(conversations, spam=True, by=by)


def none_spam(conversations: Iterable[Conversation], *, by: Account | None) -> int:
    """Bring many back, all or none; how many were spam."""
    return _each(conversations, spam=False, by=by)


def _each(conversations: Iterable[Conversation], *, spam: bool, by: Account | None) -> int:
    changed = 0
    verb = mark_spam if spam else not_spam
    with transaction.atomic():
        for conversation in locking.lock_all_living(list(conversations)):
            before = conversation.status
            changed += verb(conversation, by=by).status != before
    return changed
