"""Raw mails for the tests of intake, and a short way to let them arrive."""

from __future__ import annotations

from email.message import EmailMessage

from rapport.channels.models import Inbox
from rapport.conversations.models import Conversation, Message
from rapport.intake import processing
from rapport.intake.accepting import Envelope, Source, accept
from rapport.intake.models import RawMessage

CARLA = "Carla Conti <carla@example.org>"
STRANGER = "Stella Stern <stella@elsewhere.example>"


def mail(words: str = "Where are my tulips?", *, sender: str = CARLA, **headers: str) -> bytes:
    """A mail as it stands on the wire; `headers` in Python spelling (in_reply_to), subject and Message-ID are made up."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = headers.pop("to", "hello@fleur.example")
    message["Subject"] = headers.pop("subject", "Tulips")
    message["Date"] = headers.pop("date", "Fri, 20 Nov 2026 10:00:00 +0000")
    message["Message-ID"] = headers.pop("message_id", f"<{abs(hash((words, sender)))}@example.org>")
    for name, value in headers.items():
        message[name.replace("_", "-").title()] = value
    message.set_content(words)
    return message.as_bytes()


def arrive(raw: bytes, inbox: Inbox, *, key: str | None = None, historic: bool = False) -> RawMessage:
    """Let a mail arrive and be processed by the real parse child."""
    row = accept(raw, inbox=inbox, source=Source("door", key, historic), envelope=Envelope())
    assert row is not None
    processing.process_due()
    row.refresh_from_db()
    return row


def message_of(row: RawMessage) -> Message:
    """The message an arrival became."""
    assert row.message_id is not None
    return Message.objects.get(pk=row.message_id)


def conversation_of(row: RawMessage) -> Conversation:
    """The conversation an arrival ended up in."""
    assert row.conversation_id is not None
    return Conversation.objects.get(pk=row.conversation_id)
