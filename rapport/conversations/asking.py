"""Asking a colleague without an account: a note that one person also gets by mail, and whose answer becomes a note.

Nothing of it is ever in what the customer gets: a note's words, its recipient and its references stand in no reply.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from rapport.channels import registry
from rapport.conversations import access, drafting, history, locking, noting, quoting, recipients, siding, tallying
from rapport.conversations.drafting import ReplyContent
from rapport.conversations.errors import NoInbox, NoRecipient, OneColleague
from rapport.conversations.models import Conversation, Draft, Message, Question
from rapport.files import attaching
from rapport.kit import clock, text
from rapport.people import preferring, speaking
from rapport.people.models import Account
from rapport.people.rights import Right
from rapport.rows.asking import Question as Asked
from rapport.search import indexing

_SUBJECT_CHARS = 500


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A question by mail as a page shows it: whom, what went along (HTML), and since when it is answered."""

    email: str
    name: str
    context: str
    answered_at: datetime | None

    @property
    def who(self) -> str:
        """`Bo Berg <bo@fleur.example>`."""
        return f"{self.name} <{self.email}>" if self.name else self.email


def _subject(by: Account) -> str:
    with translation.override(speaking.company()):
        return text.clean_line(_("A question from %(who)s") % {"who": by.name or by.email}, _SUBJECT_CHARS)


def ask(
    conversation: Conversation,
    *,
    by: Account,
    content: ReplyContent,
    about: Message | None = None,
    delay: timedelta | None = None,
) -> Message:
    """Write a note that also goes by mail to the one person in `content.to`; `about` is quoted below its words.

    It is held for `delay` (None: the author's undo time) like a reply, and `replying.cancel` takes it back. A mail leaves
    in the company's name, so it takes the right to reply beside the right to note. Raises NoRecipient, OneColleague,
    OwnInbox, NoInbox, PartOfConversation for somebody who takes part in the conversation, TakenOver, NotFound, NotAllowed, and
    what `noting.note` raises.
    """
    access.require(by, conversation, Right.REPLY)
    access.demand(by, Right.NOTE)
    to = _one(content)
    message = noting.written(content.html, by=by, attachment_ids=content.attachment_ids)
    with transaction.atomic():
        given, conversation = conversation, locking.lock_living(conversation)
        drafting.refuse_taken(given, by=by, content=content, kind=Draft.Kind.ASK)
        siding.refuse_participants(conversation, content)
        message.conversation = conversation
        message.to = [to]
        message.subject = _subject(by)
        message.state = Message.State.HELD
        message.release_at = message.at + (timedelta(seconds=preferring.undo_seconds(by)) if delay is None else delay)
        message.save()
        message.external_id = _external_id(message, conversation)
        message.save(update_fields=["external_id"])
        attaching.claim(content.attachment_ids, uploader=by.pk, conversation=conversation.pk, message=message.pk)
        context = quoting.below(about, forward=False)
        Question.objects.create(message=message, **to, context=context, about_id=about.pk if about else None)
        for place in {given.pk: given, conversation.pk: conversation}.values():
            drafting.discard_draft(place, by=by, kind=Draft.Kind.ASK, refills=content.refills)
        history.happened(message, "held", by=by, until=clock.utc_iso(message.release_at))
        return message


def go_out(message: Message, conversation: Conversation) -> None:
    """Its time has come: a note from now on, and a mail. Within the transaction that took it; `conversation` is locked."""
    question = Question.objects.get(pk=message.pk)
    tallying.count_in(message, conversation)
    history.happened(message, "noted", by=message.author, mentions=[])
    history.happened(message, "asked", by=message.author, about=question.about_id)
    indexing.add_to_conversation(conversation.pk, message.text, question.name, question.email)


def answered(message: Message) -> None:
    """A note came by mail: if it answers a question, that is answered. One whose sender is a forgery answers nothing."""
    if message.sender_check != Message.Sender.FAILED and message.in_reply_to_message_id:
        waiting = Question.objects.filter(pk=message.in_reply_to_message_id, answered_at=None)
        if waiting.update(answered_at=message.at):
            history.happened(message, "question_answered", by=None, question=message.in_reply_to_message_id)


def inquiries(message_ids: Sequence[int]) -> dict[int, Inquiry]:
    """The questions by mail among these notes, by message id. One statement."""
    return {pk: Inquiry(*columns) for pk, *columns in _inquiries.ask(message_ids)}


def _one(content: ReplyContent) -> dict[str, str]:
    to = recipients.stored(content.to)
    if not to:
        raise NoRecipient
    if len(to) > 1 or content.cc or content.bcc:
        raise OneColleague
    siding.refuse_own_inboxes(content)
    return to[0]


def _external_id(message: Message, conversation: Conversation) -> str:
    """A Message-ID that answers are known by. Raises NoInbox where no mail could come back."""
    inbox = conversation.inbox
    if inbox is None:
        raise NoInbox
    adapter = registry.adapter_for(inbox.kind)
    if not adapter.capabilities.threads_by_reference:
        raise NoInbox
    return adapter.new_external_id(message.pk, purpose="ask", address=inbox.address, signer=settings.KEY_RING)


_inquiries = Asked(
    lambda message_ids: Question.objects.filter(pk__in=message_ids).values_list(
        "pk", "email", "name", "context", "answered_at"
    )
)
