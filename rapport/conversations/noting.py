"""Words for colleagues only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.db import transaction

from rapport.conversations import access, drafting, embedding, following, history, locking, mentioning, tallying
from rapport.conversations.errors import NothingToSay
from rapport.conversations.models import Conversation, Draft, Involvement, Message
from rapport.files import attaching
from rapport.kit import clock, html
from rapport.people.models import Account, Team
from rapport.people.rights import Right
from rapport.search import indexing


def note(
    conversation: Conversation,
    *,
    by: Account,
    html: str,
    mentions: Iterable[Account | Team] = (),
    attachment_ids: Iterable[int] = (),
) -> Message:
    """Write a note. Active colleagues it mentions, and the members of teams, see the conversation from now on and are told.

    Raises NothingToSay, PictureMissing, NotAllowed, and files' UploadUnknown.
    """
    access.demand(by, Right.NOTE)
    ids = list(attachment_ids)
    message = written(html, by=by, attachment_ids=ids)
    with transaction.atomic():
        given, conversation = conversation, locking.lock_living(conversation)
        message.conversation = conversation
        message.save()
        attaching.claim(ids, uploader=by.pk, conversation=conversation.pk, message=message.pk)
        named, by_team = _mentioned(mentions, by)
        drafting.discard_draft(given, by=by, kind=Draft.Kind.NOTE)
        drafting.discard_draft(conversation, by=by, kind=Draft.Kind.NOTE)
        _come_in(message, conversation, named, by_team)
        return message


def hold(conversation: Conversation, *, by: Account, html: str, delay: timedelta) -> Message:
    """Write a note that can be taken back for `delay`, by `replying.cancel`; then it is there, and whom it mentions is told.

    Raises NothingToSay, PictureMissing, NotAllowed.
    """
    access.demand(by, Right.NOTE)
    message = written(html, by=by, attachment_ids=[])
    with transaction.atomic():
        message.conversation = locking.lock_living(conversation)
        message.state = Message.State.HELD
        message.release_at = message.at + delay
        message.save()
        history.happened(message, "held", by=by, until=clock.utc_iso(message.release_at))
        return message


def go_out(message: Message, conversation: Conversation) -> None:
    """A held note's time has come. Within the transaction that took it; `conversation` is locked."""
    author = message.author
    named, by_team = _mentioned(mentioning.named_in(message.html), author) if author else ([], [])
    _come_in(message, conversation, named, by_team)


def _come_in(message: Message, conversation: Conversation, named: list[Account], by_team: list[Account]) -> None:
    for account in (*named, *by_team):
        following.involve(conversation, account=account, reason=Involvement.Reason.MENTIONED)
    tallying.count_in(message, conversation)
    told = _ids([*named, *by_team])
    history.happened(message, "noted", by=message.author, mentions=told, **_told_by_team(by_team))
    indexing.add_to_conversation(conversation.pk, message.text)


def written(html: str, *, by: Account, attachment_ids: Sequence[int]) -> Message:
    """The row of a note, unsaved and without its conversation. Raises NothingToSay, PictureMissing."""
    clean, words = _clean(html)
    if not words.strip() and not attachment_ids and "<img" not in clean:
        raise NothingToSay
    embedding.require_pictures(clean, attachment_ids, by=by)
    return Message(
        kind=Message.Kind.NOTE,
        author=by,
        sender_name=by.name,
        html=clean,
        text=words,
        reply_text=words,
        attachment_count=len(set(attachment_ids)),
        at=clock.now(),
    )


def _mentioned(mentions: Iterable[Account | Team], by: Account) -> tuple[list[Account], list[Account]]:
    """Whom a note means by name, and who else belongs to a living team it means; never its author."""
    every = list(mentions)
    named = [one for one in every if isinstance(one, Account) and one.is_active and one.pk != by.pk]
    teams = [one.pk for one in every if isinstance(one, Team) and one.ended_at is None]
    if not teams:
        return named, []
    others = Account.objects.filter(is_active=True).exclude(pk__in=[by.pk, *_ids(named)])
    return named, list(others.filter(memberships__team__in=teams).distinct().order_by("pk"))


def _told_by_team(members: Iterable[Account]) -> dict[str, list[int]]:
    """Who is meant only as one of a team: they are told so."""
    ids = _ids(members)
    return {"by_team": ids} if ids else {}


def _ids(accounts: Iterable[Account]) -> list[int]:
    return [account.pk for account in accounts]


def _clean(written: str) -> tuple[str, str]:
    clean = html.sanitize(written)
    return clean, html.to_text(clean)
