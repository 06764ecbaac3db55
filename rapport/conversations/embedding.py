"""Pictures that stand in the words of a message: named by Content-ID, their bytes among its attachments."""

from __future__ import annotations

from collections.abc import Sequence

from rapport.conversations.errors import PictureMissing
from rapport.files import listing
from rapport.files.models import Attachment
from rapport.kit import html
from rapport.people.models import Account


def require_pictures(sanitized: str, attachment_ids: Sequence[int], *, by: Account) -> None:
    """Refuse words with a picture whose bytes are not among the author's own uploads. Raises PictureMissing."""
    wanted = html.inline_ids(sanitized)
    if wanted and wanted - {one.cid for one in pictures(attachment_ids, by=by)}:
        raise PictureMissing


def pictures(attachment_ids: Sequence[int], *, by: Account) -> list[Attachment]:
    """Those of the author's waiting uploads that are made to stand in a text."""
    found = listing.uploads(attachment_ids, uploader=by.pk) if attachment_ids else []
    return [one for one in found if one.cid]
