"""Asking a colleague without an account: a note that one person also gets by mail, and whose answer becomes a note.

Nothing of it is ever in what the customer gets: a note's words, its recipient and its references stand in no reply.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from rapport.channels import listing as inboxes
from rapport.channels import registry
from rapport.conversations import access, history, locking, noting, quoting, recipients, siding, tallying
from rapport.conversations.drafting import ReplyContent
from rapport.conversations.errors import NoInbox, NoRecipient, OneColleague, OwnInbox
from rapport.conversations.models import Conversation, Message, Question
from rapport.files import attaching
from rapport.kit import text
from rapport.people import speaking
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


def ask(conversation: Conversation, *, by: Account, content: ReplyContent, about: Message | None = None) -> Message:
    """Write a note that also goes by mail to the one person in `content.to`; `about` is quoted below its words.

    A mail leaves in the company's name, so it takes the right to reply beside the right to note. Raises NoRecipient,
    OneColleague, OwnInbox, NoInbox, PartOfConversation for somebody who takes part in the conversation, NotFound, NotAllowed,
    and what `noting.note` raises.
    """
    access.require(by, conversation, Right.REPLY)
    access.demand(by, Right.NOTE)
    to = _one(content)
    message = noting.written(content.html, by=by, attachment_ids=content.attachment_ids)
    with transaction.atomic():
        conversation = locking.lock_living(conversation)
        siding.refuse_participants(conversation, content)
        message.conversation = conversation
        message.to = [to]
        message.subject = _subject(by)
        message.save()
        message.external_id = _external_id(message, conversation)
        message.save(update_fields=["external_id"])
        attaching.claim(content.attachment_ids, uploader=by.pk, conversation=conversation.pk, message=message.pk)
        Question.objects.create(message=message, **to, context=quoting.below(about, forward=False))
        tallying.count_in(message, conversation)
        history.happened(message, "noted", by=by, mentions=[])
        history.happened(message, "asked", by=by, about=about.pk if about else None)
        indexing.add_to_conversation(conversation.pk, message.text, to["name"], to["email"])
        return message


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
    if inboxes.inbox_of(to[0]["email"]) is not None:
        raise OwnInbox
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
