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
from rapport.rows import making, writing

# So many mails, and so many bytes, share a commit: more would keep others from writing.
TOGETHER, BYTES_TOGETHER = 20, 4 * 1024 * 1024


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


@dataclass(frozen=True, slots=True)
class Arriving:
    """One mail as it is handed over."""

    raw: bytes
    inbox: Inbox | None
    source: Source
    envelope: Envelope = Envelope()


def accept(raw: bytes, *, inbox: Inbox | None, source: Source, envelope: Envelope | None = None) -> RawMessage | None:
    """Store an arrival durably; None when this source's key is stored already.

    When it returns, the bytes are fsynced and the row is committed (unless the caller holds a transaction open).
    Raises OSError or DatabaseError; then the other side must keep the message and try again.
    """
    [row] = accept_all([Arriving(raw, inbox, source, envelope or Envelope())])
    return row


def accept_all(arrivals: Sequence[Arriving]) -> list[RawMessage | None]:
    """Store several that are at hand, as accept() does with one: they wait for the disk together and share a commit.

    Raises OSError or DatabaseError; then none of them may be acknowledged.
    """
    new = [one for one in arrivals if one.source.key is None or not _is_stored(one.inbox, one.source)]
    if not new:
        return [None] * len(arrivals)
    names = storing.write_blobs([one.raw for one in new])
    try:
        with transaction.atomic():
            rows = [_insert(one, sha256) for one, sha256 in zip(new, names, strict=True)]
            transaction.on_commit(waking.wake)
    except IntegrityError:
        if len(new) > 1:
            return [accept(one.raw, inbox=one.inbox, source=one.source, envelope=one.envelope) for one in arrivals]
        if new[0].source.key is not None and _is_stored(new[0].inbox, new[0].source):
            return [None] * len(arrivals)  # another reader of the same folder was faster
        raise
    stored = {id(one): row for one, row in zip(new, rows, strict=True)}
    return [stored.get(id(one)) for one in arrivals]


def _insert(arriving: Arriving, sha256: str) -> RawMessage:
    source, envelope, now = arriving.source, arriving.envelope, clock.now()
    row = making.new(
        RawMessage,
        inbox_id=arriving.inbox.pk if arriving.inbox else None,
        sha256=sha256,
        size=len(arriving.raw),
        source=source.kind,
        source_key=source.key,
        envelope_from=envelope.sender[:254],
        envelope_to=list(envelope.recipients),
        historic=source.historic,
        received_at=now,
        next_try_at=now,
    )
    row.inbox = arriving.inbox
    writing.insert(row)
    return row


def _is_stored(inbox: Inbox | None, source: Source) -> bool:
    return RawMessage.objects.filter(inbox=inbox, source=source.kind, source_key=source.key).exists()
