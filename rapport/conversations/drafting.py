"""Words not yet sent: kept while they are written, given back when a reply is taken back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from rapport.channels.access import may_write_from
from rapport.channels.contract import Address
from rapport.conversations import access, history, locking, recipients
from rapport.conversations.errors import CameBack, NotFound
from rapport.conversations.models import Conversation, Draft, Message, Question
from rapport.files import attaching
from rapport.kit import clock, html, text
from rapport.people.models import Account
from rapport.people.rights import Right
from rapport.rows.asking import Objects
from rapport.rows.asking import Question as Asked


@dataclass(frozen=True, slots=True)
class ReplyContent:
    """What an agent writes. `html` is sanitised by the verbs; `attachment_ids` are waiting uploads of the author.

    Without `to` a reply goes to the requesters. `seen_message_id`: the newest message the author had on screen.
    `snooze_until` goes with `then="snoozed"`. `enclosed`: HTML of others that stands below the author's own words.
    `inbox_id`: where it is sent from, 0 for the conversation's own. `refills`: as Draft.refills when its author last saw
    the draft, so that words which came into it since are neither overwritten nor discarded; None for whoever knows.
    `about_id`, `is_forward`: of a first letter aside or a question, the message it quotes or passes on; kept with its draft.
    """

    html: str
    to: list[Address] = field(default_factory=list)
    cc: list[Address] = field(default_factory=list)
    bcc: list[Address] = field(default_factory=list)
    attachment_ids: list[int] = field(default_factory=list)
    seen_message_id: int = 0
    subject: str = ""
    snooze_until: datetime | None = None
    enclosed: str = ""
    inbox_id: int = 0
    refills: int | None = None
    about_id: int | None = None
    is_forward: bool = False


def save_draft(
    conversation: Conversation, *, by: Account, content: ReplyContent, kind: Draft.Kind = Draft.Kind.REPLY
) -> Draft:
    """Keep what the author has written so far, in place of what was kept before.

    Raises CameBack when words came into that from elsewhere which the page it was written on does not show.
    """
    inbox = content.inbox_id if content.inbox_id and may_write_from(by, content.inbox_id) else None
    with transaction.atomic():
        draft = _locked(conversation, by.pk, kind)
        if content.refills is not None and draft.refills > content.refills:
            raise CameBack
        return _kept(
            draft,
            html=html.sanitize(content.html),
            to=recipients.stored(content.to),
            cc=recipients.stored(content.cc),
            bcc=recipients.stored(content.bcc),
            attachment_ids=content.attachment_ids,
            inbox_id=inbox,
            subject=text.clean_line(content.subject, 500),
            about_id=content.about_id,
            is_forward=content.is_forward,
            seen_message_id=content.seen_message_id,
            returned_because="",
        )


def draft_for(conversation: Conversation, *, by: Account, kind: Draft.Kind = Draft.Kind.REPLY) -> Draft | None:
    """What the account has begun to write in this conversation."""
    return Draft.objects.filter(conversation=conversation, author=by, kind=kind).first()


def drafts_in(conversation: Conversation) -> list[Draft]:
    """Everything anybody has begun to write in this conversation: drafts of replies are the team's to see."""
    return _drafts.ask(conversation.pk)


def expect_drafts_in(conversation: Conversation) -> None:
    """Bring it along with what is asked now."""
    _drafts.expect(conversation.pk)


def uploads() -> set[int]:
    """Ids of every upload that some draft names."""
    return {pk for ids in Draft.objects.values_list("attachment_ids", flat=True) for pk in ids}


def take_over(conversation: Conversation, pk: int, *, by: Account) -> Draft:
    """Go on with a reply that a colleague began: its words come below one's own, its files along. Raises NotFound.

    The draft is the colleague's no longer; the conversation's history says who took it.
    """
    access.require(by, conversation, Right.REPLY)
    with transaction.atomic():
        locking.lock(conversation)  # two who take each other's words would wait for each other for ever
        others = Draft.objects.select_for_update(of=("self",)).exclude(author=by)
        given = others.filter(pk=pk, conversation=conversation, kind=Draft.Kind.REPLY).first()
        if given is None:
            raise NotFound
        ids = attaching.hand_over(given.attachment_ids, of=given.author_id, to=by.pk)
        own = _locked(conversation, by.pk, Draft.Kind.REPLY)
        given.delete()
        taken = _kept(
            own,
            html=own.html + given.html,
            to=given.to,
            cc=given.cc,
            bcc=given.bcc,
            attachment_ids=sorted({*ids, *own.attachment_ids}),
            inbox_id=given.inbox_id,
            seen_message_id=given.seen_message_id,
            refills=own.refills + 1,
        )
        history.changed(conversation, "draft_taken", by=by, **{"from": given.author_id})
        return taken


def discard_draft(
    conversation: Conversation, *, by: Account, kind: Draft.Kind = Draft.Kind.REPLY, refills: int | None = None
) -> None:
    """Forget what was kept; nothing happens when there is none. `refills` as in ReplyContent."""
    _seen(Draft.objects.filter(conversation=conversation, author=by, kind=kind), refills).delete()


def discard_letter(conversation: Conversation, *, by: Account, content: ReplyContent) -> None:
    """Forget the kept first letter aside that was about this; one about something else stays."""
    kept = Draft.objects.filter(conversation=conversation, author=by, kind=Draft.Kind.SIDE, about_id=content.about_id)
    kept.exclude(is_forward=not content.is_forward).delete()


def discard_drafts(conversation_ids: Iterable[int], *, by: Account, refills: int | None = None) -> None:
    """Forget what the account has begun to answer in any of these; costs one look-up when there is nothing.

    `refills` as in ReplyContent.
    """
    found = [pk for (pk,) in _replies.ask(by.pk, sorted(conversation_ids))]
    if found:
        _seen(Draft.objects.filter(pk__in=found), refills).delete()


def restore(message: Message, *, conversation: Conversation, because: str) -> Draft:
    """Give what will not go out back to its author, attachments too: a reply, or a question to a colleague, never the one
    where the other is written. A newer draft is kept below it.

    `conversation`: where the author will look for it, the living one.
    """
    ids = attaching.release_claim(message.pk)
    question = Question.objects.filter(pk=message.pk).first() if message.kind == Message.Kind.NOTE else None
    own = _locked(conversation, message.author_id, Draft.Kind.ASK if question else Draft.Kind.REPLY)
    return _kept(
        own,
        html=message.html + own.html,
        to=message.to,
        cc=message.cc,
        bcc=message.bcc,
        attachment_ids=sorted({*ids, *own.attachment_ids}),
        inbox_id=message.inbox_id,
        about_id=question.about_id if question else own.about_id,
        seen_message_id=message.seen_message_id,
        returned_because=because[:300] or own.returned_because,
        refills=own.refills + 1,
    )


def _seen(drafts: QuerySet[Draft], refills: int | None) -> QuerySet[Draft]:
    return drafts if refills is None else drafts.filter(refills__lte=refills)


def _locked(conversation: Conversation, author_id: int | None, kind: Draft.Kind) -> Draft:
    """The author's draft as it is now, an empty one if there was none; nobody else changes it in this transaction."""
    rows = Draft.objects.select_for_update(of=("self",))
    found = rows.filter(conversation=conversation, author_id=author_id, kind=kind).first()
    if found is not None:
        return found
    # A new row looks at its conversation: who locked that first and makes the same row must not be waited for.
    locking.lock(conversation)
    return rows.get_or_create(conversation=conversation, author_id=author_id, kind=kind)[0]


def _kept(draft: Draft, **fields: object) -> Draft:
    for name, value in (fields | {"updated_at": clock.now()}).items():
        setattr(draft, name, value)
    draft.save()
    return draft


_drafts = Objects(lambda number: Draft.objects.filter(conversation_id=number))
_replies = Asked(
    lambda author_id, conversation_ids: Draft.objects.filter(
        author_id=author_id, conversation_id__in=conversation_ids, kind=Draft.Kind.REPLY
    ).values_list("pk")
)
