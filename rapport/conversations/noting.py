"""Words for colleagues only."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from rapport.conversations import access, drafting, following, history, locking, tallying
from rapport.conversations.errors import NothingToSay
from rapport.conversations.models import Conversation, Draft, Involvement, Message
from rapport.files import attaching
from rapport.kit import clock, html
from rapport.people.models import Account
from rapport.people.rights import Right
from rapport.search import indexing


def note(
    conversation: Conversation,
    *,
    by: Account,
    html: str,
    mentions: Iterable[Account] = (),
    attachment_ids: Iterable[int] = (),
) -> Message:
    """Write a note. Active colleagues it mentions see the conversation from now on, and are told.

    Raises NothingToSay, NotAllowed, and files' UploadUnknown.
    """
    access.demand(by, Right.NOTE)
    ids = list(attachment_ids)
    clean, words = _clean(html)
    if not words.strip() and not ids and "<img" not in clean:
        raise NothingToSay
    with transaction.atomic():
        given, conversation = conversation, locking.lock_living(conversation)
        message = Message.objects.create(
            conversation=conversation,
            kind=Message.Kind.NOTE,
            author=by,
            sender_name=by.name,
            html=clean,
            text=words,
            reply_text=words,
            attachment_count=len(set(ids)),
            at=clock.now(),
        )
        attaching.claim(ids, uploader=by.pk, conversation=conversation.pk, message=message.pk)
        mentioned = [one for one in mentions if one.is_active and one.pk != by.pk]
        for account in mentioned:
            following.involve(conversation, account=account, reason=Involvement.Reason.MENTIONED)
        tallying.count_in(message, conversation)
        drafting.discard_draft(given, by=by, kind=Draft.Kind.NOTE)
        drafting.discard_draft(conversation, by=by, kind=Draft.Kind.NOTE)
        history.happened(message, "noted", by=by, mentions=[account.pk for account in mentioned])
        indexing.add_to_conversation(conversation.pk, words)
        return message


def _clean(written: str) -> tuple[str, str]:
    clean = html.sanitize(written)
    return clean, html.to_text(clean)
