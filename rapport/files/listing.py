"""Named reads of files."""

from __future__ import annotations

from collections.abc import Iterable

from rapport.files.models import Attachment
from rapport.rows.asking import Objects


def of_messages(message_ids: Iterable[int]) -> dict[int, list[Attachment]]:
    """The attachments of messages by message id, in the order they were attached; one query."""
    found: dict[int, list[Attachment]] = {}
    for row in _attached.ask(list(message_ids)):
        found.setdefault(row.message_id or 0, []).append(row)
    return found


def uploads(ids: Iterable[int], *, uploader: int) -> list[Attachment]:
    """Those of the named uploads that still wait for their author's message."""
    return list(Attachment.objects.filter(pk__in=list(ids), uploader_id=uploader, message_id=None).order_by("pk"))


_attached = Objects(
    lambda ids: Attachment.objects.filter(message_id__in=ids).select_related("stored").order_by("pk"),
)
