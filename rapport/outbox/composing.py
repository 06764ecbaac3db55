"""From rows to the message that leaves: signature, quoted question, attachments, references, reply address."""

from __future__ import annotations

from html import escape

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from rapport.channels.contract import Address, Attachment, Outbound
from rapport.channels.models import Inbox
from rapport.channels.registry import adapter_for
from rapport.conversations import applying, quoting
from rapport.conversations.models import Conversation, Message, Question, Reference
from rapport.files import storing
from rapport.files.models import Attachment as AttachmentRow
from rapport.kit import placeholders
from rapport.kit.html import to_text
from rapport.outbox.models import Delivery
from rapport.people import speaking, whereabouts
from rapport.people.models import Account
from rapport.people.recognising import living

MAX_REFERENCES = 20
_QUOTE_LIMIT = 20_000
_UNNAMED = (Message.Kind.NOTE, Message.Kind.BOUNCE)


def compose(delivery: Delivery) -> Outbound:
    """The complete message of a delivery. Raises files' FileMissing when an attachment is not on disk."""
    if delivery.message is None:
        return _system_mail(delivery)
    message, inbox = delivery.message, delivery.inbox
    if inbox is None:
        raise ValueError("A conversation's message is sent by an inbox.")
    conversation = message.conversation
    if message.kind == Message.Kind.NOTE:
        return _question(delivery, message, inbox)
    automatic = message.kind == Message.Kind.AUTOMATIC
    quoted = None if automatic else message.in_reply_to_message
    signature = "" if automatic else signature_of(message.author, conversation)
    with translation.override(speaking.customer(conversation.customer)):
        head = _attribution(quoted, conversation) if quoted else ""
        text = _text(message.text, to_text(signature) if signature else "", quoted, head)
        html = _html(message.html or f"<p>{escape(message.text)}</p>", signature, quoted, head)
    return Outbound(
        sender=sender_of(message.author, inbox),
        to=_addresses(message.to),
        cc=_addresses(message.cc),
        bcc=_addresses(message.bcc),
        subject=message.subject,
        text=text,
        html=html,
        message_id=delivery.external_id,
        date=message.at,
        reply_to=_reply_to(delivery, conversation, inbox),
        envelope_from=inbox.address,
        in_reply_to=message.in_reply_to_message.external_id if message.in_reply_to_message else "",
        references=_references(message),
        attachments=_attachments(message),
        automatic=automatic,
    )


def _question(delivery: Delivery, message: Message, inbox: Inbox) -> Outbound:
    """A note that asks a colleague by mail: its words, what was chosen to go along, and who will read the answer.

    It names no other mail, so that nothing of the customer's correspondence is in it unless it was chosen.
    """
    context = Question.objects.get(pk=message.pk).context
    with translation.override(speaking.company()):
        foot = _("Answer this mail: your words become a note for the colleagues here. The customer does not get them.")
    return Outbound(
        sender=sender_of(message.author, inbox),
        to=_addresses(message.to),
        subject=message.subject,
        text=_text("\n\n".join(part for part in (message.text.strip(), to_text(context)) if part), foot),
        html=_html(message.html + context, f"<p>{escape(foot)}</p>"),
        message_id=delivery.external_id,
        date=message.at,
        reply_to=_reply_to(delivery, message.conversation, inbox),
        envelope_from=inbox.address,
        attachments=_attachments(message),
    )


def _system_mail(delivery: Delivery) -> Outbound:
    mail, inbox = delivery.payload, delivery.inbox
    address = inbox.address if inbox else f"rapport@{delivery.external_id.rpartition('@')[2]}"
    return Outbound(
        sender=Address(address, (inbox.display_name if inbox else "") or "Rapport"),
        to=[Address(mail["to"])],
        subject=mail["subject"],
        text=mail["text"],
        html=mail["html"],
        message_id=delivery.external_id,
        date=delivery.created_at,
        reply_to=Address(mail["reply_to"]) if mail["reply_to"] else None,
        envelope_from=address,
        automatic=True,
    )


def signature_of(author: Account | None, conversation: Conversation) -> str:
    """The author's own signature, else the team's, with its placeholders filled; those without a value are left out."""
    own = author.signature_html if author else ""
    team = conversation.team.signature_html if conversation.team else ""
    if not (own or team) or author is None:
        return own or team
    return placeholders.fill_html(own or team, applying.values(conversation, by=author), otherwise="").text


def sender_of(author: Account | None, inbox: Inbox) -> Address:
    """The inbox's address under the author's and the company's name."""
    names = [author.name if author else "", inbox.display_name]
    return Address(inbox.address, " · ".join(name for name in names if name))


def _addresses(entries: list[dict[str, str]]) -> list[Address]:
    return [Address(entry["email"], entry.get("name", "")) for entry in entries]


def _reply_to(delivery: Delivery, conversation: Conversation, inbox: Inbox) -> Address | None:
    """A signed address that leads back here, where the mailbox takes +tags and one person alone is addressed."""
    if not inbox.settings.get("plus_addressing") or len(delivery.recipients) != 1:
        return None
    adapter = adapter_for(inbox.kind)
    leads_to, purpose = conversation.pk, "c"
    if delivery.message is not None and delivery.message.kind == Message.Kind.NOTE:
        leads_to, purpose = delivery.message.pk, "ask"
    address = adapter.reply_address(leads_to, address=inbox.address, signer=settings.KEY_RING, purpose=purpose)
    return Address(address, inbox.display_name)


def _references(message: Message) -> list[str]:
    """The outside ids of the conversation so far, oldest first, ending with the one that is answered.

    A stranger's held mail, notes (a colleague may have written one by mail) and delivery reports (a question to a
    colleague may have come back) are not named: that they came is nobody's business outside.
    """
    rows = Reference.objects.filter(conversation_id=message.conversation_id, message_id__lt=message.pk)
    rows = rows.exclude(message__state=Message.State.STRANGER).exclude(message__kind__in=_UNNAMED)
    ids = list(rows.order_by("-message_id").values_list("message__external_id", flat=True)[:MAX_REFERENCES])
    answered = message.in_reply_to_message.external_id if message.in_reply_to_message else ""
    ordered = [external_id for external_id in reversed(ids) if external_id and external_id != answered]
    return [*ordered, answered] if answered else ordered


def _attachments(message: Message) -> list[Attachment]:
    rows = AttachmentRow.objects.filter(message_id=message.pk).select_related("stored").order_by("pk")
    return [
        Attachment(
            filename=row.filename,
            mime=row.mime,
            size=row.stored.size,
            sha256=row.stored.sha256,
            content=storing.read(row.stored.sha256),
            cid=row.cid,
            inline=row.inline,
        )
        for row in rows
    ]


def _text(words: str, signature: str, quoted: Message | None = None, head: str = "") -> str:
    parts = [words.rstrip()]
    if signature.strip():
        parts.append(f"-- \n{signature.strip()}")
    if quoted is not None:
        lines = _quotable(quoted).splitlines()
        parts.append("\n".join([head, *(f"> {line}".rstrip() for line in lines)]))
    return "\n\n".join(parts) + "\n"


def _html(words: str, signature: str, quoted: Message | None = None, head: str = "") -> str:
    parts = [words]
    if signature.strip():
        parts.append(f'<div class="signature">{signature}</div>')
    if quoted is not None:
        body = escape(_quotable(quoted)).replace("\n", "<br>")
        parts.append(f'<p>{escape(head)}</p><blockquote type="cite">{body}</blockquote>')
    return "\n".join(parts)


def _quotable(quoted: Message) -> str:
    return (quoted.reply_text or quoted.text).strip()[:_QUOTE_LIMIT]


def _attribution(quoted: Message, conversation: Conversation) -> str:
    """In the customer's time zone where somebody entered one, else in the company's."""
    customer = conversation.customer
    return quoting.attribution(quoted, whereabouts.entered(living(customer)) if customer else None)
