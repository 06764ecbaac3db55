"""Raw first: bytes on disk, row committed, and only then may anybody say «received»."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from rapport.channels.models import Inbox
from rapport.events import waking
from rapport.files import storing
from rapport.intake.models import RawMessage
from rapport.kit import clock
from rapport.rows import writing


@dataclass(frozen=True, slots=True)
class Source:
    """Where an arrival came from: `kind` (imap, door, import, practice) and its name there.

    With a `key` (folder:uidvalidity:uid, a file's path) a second arrival from the same place stores nothing.
    `historic`: causes nothing outward.
    """

    kind: str
    key: str | None = None
    historic: bool = False


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who handed it over to whom, as the transport said it; may be empty."""

    sender: str = ""
    recipients: Sequence[str] = ()


def accept(raw: bytes, *, inbox: Inbox | None, source: Source, envelope: Envelope | None = None) -> RawMessage | None:
    """Store an arrival durably; None when this source's key is stored already.

    When it returns, the bytes are fsynced and the row is committed (unless the caller holds a transaction open).
    Raises OSError or DatabaseError; then the other side must keep the message and try again.
    """
    if source.key is not None and _is_stored(inbox, source):
        return None
    envelope = envelope or Envelope()
    now = clock.now()
    row = RawMessage(
        inbox=inbox,
        sha256=storing.write_blob(raw),
        size=len(raw),
        source=source.kind,
        source_key=source.key,
        envelope_from=envelope.sender[:254],
        envelope_to=list(envelope.recipients),
        historic=source.historic,
        received_at=now,
        next_try_at=now,
    )
    try:
        with transaction.atomic():
            writing.insert(row)
            transaction.on_commit(waking.wake)
    except IntegrityError:
        if source.key is not None and _is_stored(inbox, source):
            return None  # another reader of the same folder was faster
        raise
    return row


def _is_stored(inbox: Inbox | None, source: Source) -> bool:
    return RawMessage.objects.filter(inbox=inbox, source=source.kind, source_key=source.key).exists()
