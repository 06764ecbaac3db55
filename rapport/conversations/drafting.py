"""Words not yet sent: kept while they are written, given back when a reply is taken back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from rapport.channels.access import may_write_from
from rapport.channels.contract import Address
from rapport.conversations import access, alongside, history, locking, recipients
from rapport.conversations.errors import CameBack, NotFound, OwnLetterBegun, TakenOver
from rapport.conversations.models import Conversation, Draft, Message, Question
from rapport.events.models import Event
from rapport.files import attaching
from rapport.kit import clock, html, text
from rapport.people.models import Account
from rapport.people.rights import Right
from rapport.rows.asking import Objects
from rapport.rows.asking import Question as Asked

# What is begun for somebody outside is the team's to see and to go on with.
SHARED = (Draft.Kind.REPLY, Draft.Kind.SIDE, Draft.Kind.ASK)


@dataclass(frozen=True, slots=True)
class ReplyContent:
    """What an agent writes. `html` is sanitised by the verbs; `attachment_ids` are waiting uploads of the author.

    Without `to` a reply goes to the requesters. `seen_message_id`: the newest message the author had on screen.
    `snooze_until` goes with `then="snoozed"`. `enclosed`: HTML of others that stands below the author's own words.
    `inbox_id`: where it is sent from, 0 for the conversation's own. `refills`: as Draft.refills when its author last saw
    the draft, so that words which came into it since are neither overwritten nor discarded; None for whoever knows.
    `about_id`, `is_forward`: of a first letter aside or a question, the message it quotes or passes on; kept with its draft.
    `opened`: of what is written beside a conversation, the newest event when its page was made, so that what a colleague
    has gone on with since is neither kept nor sent a second time; 0 for whoever knows.
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
    opened: int = 0


def save_draft(
    conversation: Conversation, *, by: Account, content: ReplyContent, kind: Draft.Kind = Draft.Kind.REPLY
) -> Draft:
    """Keep what the author has written so far, in place of what was kept before.

    Raises CameBack when words came into that from elsewhere which the page it was written on does not show, TakenOver
    when a colleague has gone on with it.
    """
    inbox = content.inbox_id if content.inbox_id and may_write_from(by, content.inbox_id) else None
    with transaction.atomic():
        draft = _locked(conversation, by.pk, kind)
        refuse_taken(conversation, by=by, content=content, kind=kind)
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


def take_over(conversation: Conversation, pk: int, *, by: Account, kind: Draft.Kind = Draft.Kind.REPLY) -> Draft:
    """Go on with a reply, a letter aside or a question by mail that a colleague began: its files come along.

    Its words come below one's own where both are for the same people. Raises NotFound, NotAllowed, and OwnLetterBegun
    where they need not be. The draft is the colleague's no longer; the history (of the conversation that it stands
    beside) says who took it.
    """
    main = _main_of(conversation)
    access.require(by, main, Right.REPLY)
    with transaction.atomic():
        locking.lock(conversation)  # two who take each other's words would wait for each other for ever
        others = Draft.objects.select_for_update(of=("self",)).exclude(author=by)
        given = others.filter(pk=pk, conversation=conversation, kind=kind).first() if kind in SHARED else None
        if given is None:
            raise NotFound
        own = _locked(conversation, by.pk, kind)
        if kind != Draft.Kind.REPLY and (html.to_text(own.html).strip() or own.attachment_ids):
            raise OwnLetterBegun
        ids = attaching.hand_over(given.attachment_ids, of=given.author_id, to=by.pk)
        given.delete()
        taken = _kept(
            own,
            html=own.html + given.html,
            to=given.to,
            cc=given.cc,
            bcc=given.bcc,
            attachment_ids=sorted({*ids, *own.attachment_ids}),
            inbox_id=given.inbox_id,
            subject=given.subject,
            about_id=given.about_id,
            is_forward=given.is_forward,
            seen_message_id=given.seen_message_id,
            refills=own.refills + 1,
        )
        whose = {"from": given.author_id, "in": conversation.pk, "letter": kind.value, "name": by.name}
        history.changed(main, "draft_taken", by=by, **whose)
        return taken


def refuse_taken(conversation: Conversation, *, by: Account, content: ReplyContent, kind: Draft.Kind) -> None:
    """Raises TakenOver when a colleague went on with what the account writes here after its page was made."""
    if not content.opened:
        return
    told = Event.objects.filter(
        conversation_id=_main_of(conversation).pk, kind="conversation.draft_taken", pk__gt=content.opened
    )
    for event in told.order_by("-pk"):
        whose = (event.data.get("from"), event.data.get("in"), event.data.get("letter"))
        if whose == (by.pk, conversation.pk, kind):
            taker = Account.objects.filter(pk=event.actor_id or 0).first()
            raise TakenOver(taker.name if taker else "")


def _main_of(conversation: Conversation) -> Conversation:
    """Whose history tells of it, and who sees it."""
    return alongside.main_of(conversation) if conversation.is_aside else conversation


def discard_draft(
    conversation: Conversation, *, by: Account, kind: Draft.Kind = Draft.Kind.REPLY, refills: int | None = None
) -> None:
    """Forget what was kept; nothing happens when there is none. `refills` as in ReplyContent."""
    _seen(Draft.objects.filter(conversation=conversation, author=by, kind=kind), refills).delete()


def discard_letter(conversation: Conversation, *, by: Account, content: ReplyContent) -> None:
    """Forget the kept first letter aside that was about this; one about something else stays."""
    kept = Draft.objects.filter(conversation=conversation, author=by, kind=Draft.Kind.SIDE, about_id=content.about_id)
    kept.exclude(is_forward=not content.is_forward).delete()


def begun(conversation_ids: Iterable[int], *, by: Account) -> list[int]:
    """The drafts of what the account has begun to answer in any of these."""
    return [pk for (pk,) in _replies.ask(by.pk, sorted(conversation_ids))]


def expect_begun(conversation_ids: Iterable[int], *, by: Account) -> None:
    """Bring them along with what is asked now."""
    _replies.expect(by.pk, sorted(conversation_ids))


def discard_begun(found: Sequence[int], *, refills: int | None = None) -> None:
    """Forget these; costs nothing when there are none. `refills` as in ReplyContent."""
    if found:
        _seen(Draft.objects.filter(pk__in=found), refills).delete()


def restore(message: Message, *, conversation: Conversation, because: str) -> Draft:
    """Give what will not go out back to its author, attachments too: a reply, a note, or a question to a colleague, never
    the one where the other is written. A newer draft is kept below it.

    `conversation`: where the author will look for it, the living one.
    """
    ids = attaching.release_claim(message.pk)
    is_note = message.kind == Message.Kind.NOTE
    question = Question.objects.filter(pk=message.pk).first() if is_note else None
    kind = Draft.Kind.ASK if question else Draft.Kind.NOTE if is_note else Draft.Kind.REPLY
    own = _locked(conversation, message.author_id, kind)
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
