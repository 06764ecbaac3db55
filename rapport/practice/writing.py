"""Writing as a customer: a real mail, handed to the same intake that a mail server would hand it to."""

from __future__ import annotations

from rapport.channels.contract import Address, Attachment, Outbound
from rapport.channels.email.composing import compose
from rapport.channels.models import Inbox
from rapport.intake.accepting import Envelope, Source, accept
from rapport.intake.models import RawMessage
from rapport.kit import clock
from rapport.kit.secrets import random_token


def write(  # noqa: PLR0913 - the parts of a mail, keyword-only
    words: str,
    *,
    sender: Address,
    inbox: Inbox,
    subject: str,
    answers: str = "",
    headers: dict[str, str] | None = None,
    attachments: list[Attachment] | None = None,
) -> RawMessage:
    """Let a customer's mail arrive at the inbox; it is stored raw and waits for the worker like any other.

    `answers`: the Message-ID of the mail it replies to. Raises OSError or DatabaseError like the mail door.
    """
    mail = Outbound(
        sender=sender,
        to=[Address(inbox.address, inbox.display_name)],
        subject=subject,
        text=words,
        html="",
        message_id=f"practice.{random_token()}@{sender.email.rpartition('@')[2]}",
        date=clock.now(),
        in_reply_to=answers,
        references=[answers] if answers else [],
        attachments=attachments or [],
    )
    extra = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items()).encode()
    row = accept(
        extra + compose(mail),
        inbox=inbox,
        source=Source("practice"),
        envelope=Envelope(sender.email, [inbox.address]),
    )
    if row is None:
        raise ValueError("A practice mail has no key, so it is always stored.")
    return row
