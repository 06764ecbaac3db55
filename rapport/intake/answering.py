"""Arrivals that answer in a special way: delivery reports of what we sent, and colleagues who answer by mail."""

from __future__ import annotations

from html import escape

from django.conf import settings
from django.db import transaction

from rapport.channels.contract import Adapter, Attachment, Inbound
from rapport.conversations import access, noting, replying
from rapport.conversations.errors import ConversationRefusal
from rapport.conversations.models import Conversation, Message
from rapport.conversations.referencing import messages_named
from rapport.conversations.replying import ReplyContent
from rapport.files import attaching, storing
from rapport.intake.matching import Match
from rapport.kit.text import storable
from rapport.people.models import Account
from rapport.people.rights import Right


def returned_message(inbound: Inbound, found: Match, adapter: Adapter) -> Message | None:
    """Our message that a delivery report speaks of: named in the report, or answered by it."""
    named = Inbound(message_id=inbound.returned_message_id)
    reference = adapter.own_reference(named, signer=settings.KEY_RING)
    if reference is not None and reference.valid:
        message = Message.objects.select_related("conversation").filter(pk=reference.subject_id).first()
        if message is not None:
            return message
    if inbound.returned_message_id:
        for message in messages_named([inbound.returned_message_id]):
            if message.kind in (Message.Kind.REPLY, Message.Kind.AUTOMATIC):
                return message
    return found.answers


def speak_for(found: Match, *, inbound: Inbound, raw_sha256: str) -> Message:
    """A colleague answered by mail, proved by reference and sender: a reply to the customer, or a note.

    An answer to a note, or to a question, stays a note, always. A reply that may not be sent (the right was lost, or
    someone wrote meanwhile) becomes a note too, so that its words are safe and nothing goes out unseen.
    """
    account, conversation = found.account, found.conversation
    if account is None or conversation is None:
        raise ValueError("A colleague's answer needs the colleague and the conversation.")
    words = inbound.reply_text or inbound.text
    with transaction.atomic():
        uploads = [_upload(attachment, account) for attachment in inbound.attachments]
        if found.purpose == "notify" and account.may(Right.REPLY) and account_sees(account, conversation):
            try:
                with transaction.atomic():
                    message = replying.reply(conversation, by=account, content=_reply(found, words, uploads))
            except ConversationRefusal:
                message = noting.note(conversation, by=account, html=as_html(words), attachment_ids=uploads)
        else:
            message = noting.note(conversation, by=account, html=as_html(words), attachment_ids=uploads)
        message.raw_sha256 = raw_sha256
        message.sender_check = Message.Sender.AUTHENTICATED
        message.reference_check = Message.ReferenceCheck.VALID
        message.save(update_fields=["raw_sha256", "sender_check", "reference_check"])
    return message


def account_sees(account: Account, conversation: Conversation) -> bool:
    """Whether the conversation is visible to the account now, whatever it was told earlier."""
    return access.conversations_visible_to(account).filter(pk=conversation.pk).exists()


def as_html(words: str) -> str:
    """Plain words as paragraphs."""
    paragraphs = [block for block in storable(words).split("\n\n") if block.strip()]
    return "".join(f"<p>{escape(block.strip()).replace(chr(10), '<br>')}</p>" for block in paragraphs)


def _reply(found: Match, words: str, uploads: list[int]) -> ReplyContent:
    seen = found.answers.pk if found.answers else 0
    return ReplyContent(html=as_html(words), attachment_ids=uploads, seen_message_id=seen)


def _upload(attachment: Attachment, account: Account) -> int:
    stored = storing.store_bytes(attachment.content)
    return attaching.upload(stored, filename=attachment.filename, mime=attachment.mime, uploader=account.pk).pk
