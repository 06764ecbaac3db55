"""Naming stored bytes: attachments of messages, and uploads that wait for theirs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Protocol

from rapport.files import storing
from rapport.files.errors import UploadUnknown
from rapport.files.models import Attachment, StoredFile
from rapport.kit import clock
from rapport.kit.text import safe_filename
from rapport.rows import making, writing

_UPLOAD_LIFE = timedelta(days=7)


class Content(Protocol):
    """What an arriving attachment must offer; the channel contract's Attachment does."""

    @property
    def filename(self) -> str: ...
    @property
    def mime(self) -> str: ...
    @property
    def content(self) -> bytes: ...
    @property
    def cid(self) -> str: ...
    @property
    def inline(self) -> bool: ...


def attach(attachment: Content, *, conversation_id: int, message_id: int) -> Attachment:
    """Store an arriving attachment and name it in its message. Raises OSError when the disk refuses."""
    row = making.new(
        Attachment,
        stored_id=storing.store_bytes(attachment.content).pk,
        conversation_id=conversation_id,
        message_id=message_id,
        filename=safe_filename(attachment.filename),
        mime=_clean_mime(attachment.mime),
        cid=attachment.cid[:255],
        inline=attachment.inline,
        created_at=clock.now(),
    )
    writing.insert(row)
    return row


def upload(stored: StoredFile, *, filename: str, mime: str, uploader: int, cid: str = "") -> Attachment:
    """Name stored bytes for a message still being written. `uploader` is an account id; `cid` makes it inline."""
    return Attachment.objects.create(
        stored=stored,
        uploader_id=uploader,
        filename=safe_filename(filename),
        mime=_clean_mime(mime),
        cid=cid[:255],
        inline=bool(cid),
        created_at=clock.now(),
    )


def claim(ids: Sequence[int], *, uploader: int, conversation: int, message: int) -> list[Attachment]:
    """Give waiting uploads to the message being sent, in the given order.

    Raises UploadUnknown when one is missing, belongs to somebody else or to another message: a reply never goes out
    with less than its author attached.
    """
    if not ids:
        return []
    wanted = list(dict.fromkeys(ids))
    waiting = Attachment.objects.filter(pk__in=wanted, uploader_id=uploader, message_id__isnull=True)
    taken = waiting.update(message_id=message, conversation_id=conversation)
    if taken != len(wanted):
        raise UploadUnknown
    rows = {row.pk: row for row in Attachment.objects.filter(pk__in=wanted).select_related("stored")}
    return [rows[pk] for pk in wanted]


def offer_again(rows: Iterable[Attachment], *, to: int) -> list[int]:
    """Name files of sent or received messages once more, as waiting uploads of an account; the new ids, in order.

    The bytes stay where they are, and a picture that stands in a text keeps its Content-ID.
    """
    again = [
        Attachment(
            stored_id=row.stored_id,
            uploader_id=to,
            filename=row.filename,
            mime=row.mime,
            cid=row.cid,
            inline=row.inline,
            created_at=clock.now(),
        )
        for row in rows
    ]
    return [row.pk for row in Attachment.objects.bulk_create(again)]


def hand_over(ids: Sequence[int], *, of: int, to: int) -> list[int]:
    """Waiting uploads of one account become another's; the ids that were there to give."""
    waiting = Attachment.objects.filter(pk__in=list(ids), uploader_id=of, message_id__isnull=True)
    given = list(waiting.values_list("pk", flat=True))
    waiting.update(uploader_id=to)
    return given


def release_claim(message: int) -> list[int]:
    """Give the attachments of a message taken back to its author's uploads again; their ids."""
    rows = Attachment.objects.filter(message_id=message)
    ids = list(rows.values_list("pk", flat=True))
    rows.update(message_id=None, conversation_id=None)
    return ids


def forget_old_uploads(keep: Iterable[int] = ()) -> int:
    """Remove the names of uploads nobody sent within a week, except those `keep` (drafts) still names."""
    old = Attachment.objects.filter(
        message_id__isnull=True, uploader_id__isnull=False, created_at__lt=clock.now() - _UPLOAD_LIFE
    )
    return old.exclude(pk__in=list(keep)).delete()[0]


def _clean_mime(mime: str) -> str:
    """A type that is safe in a header: `type/subtype` in plain letters, else octet-stream."""
    head = mime.split(";", 1)[0].strip().lower()
    kind, slash, sub = head.partition("/")
    allowed = set("abcdefghijklmnopqrstuvwxyz0123456789.+-_")
    good = slash and kind and sub and len(head) <= 127 and set(kind + sub) <= allowed
    return head if good else "application/octet-stream"
