"""One key for the whole installation refuses a second copy of the same mail, and notes where it arrived too."""

from __future__ import annotations

from rapport.conversations import receiving
from rapport.conversations.models import Message
from rapport.intake.models import Fingerprint, RawMessage
from rapport.rows import making, reading, writing

_fingerprints = reading.Kept(lambda: Fingerprint.objects.filter(content_key=""))


def seen_before(content_key: str) -> Fingerprint | None:
    """The mark that this content left when it first arrived; None when it is new."""
    return _fingerprints.first(content_key) if content_key else None


def remember(content_key: str, message: Message) -> None:
    """Let the database refuse this content from now on. Raises IntegrityError when another worker was faster."""
    if content_key:
        writing.insert(
            making.new(
                Fingerprint, content_key=content_key, conversation_id=message.conversation_id, message_id=message.pk
            )
        )


def note_second_arrival(row: RawMessage, message_id: int) -> None:
    """Say on the message that it also reached this inbox, and let the inbox's team see it.

    A message that was deleted since stays deleted: its fingerprint is its tombstone.
    """
    row.state = RawMessage.State.DUPLICATE
    message = Message.objects.select_related("conversation").filter(pk=message_id).first()
    if message is None:
        return
    row.conversation_id, row.message_id = message.conversation_id, message.pk
    if row.inbox is not None:
        receiving.also_received(message, inbox=row.inbox, at=row.received_at)
