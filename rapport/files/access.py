"""Signed, expiring file addresses. Who may read the conversation is asked again at each fetch by the face."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from urllib.parse import quote

from django.conf import settings

from rapport.files.errors import AddressRefused
from rapport.files.models import Attachment
from rapport.kit import clock

LIFE = timedelta(hours=12)
_PURPOSE = "file-address"


def signed_path(attachment: Attachment, *, viewer: int) -> str:
    """The address under which `viewer` (an account id) may fetch the attachment for the next twelve hours.

    A path, or with RAPPORT_FILES_URL a whole address on that host, which knows no cookies and so trusts the token alone.
    The expiry is rounded up to the hour, so that a page shows the same address for a while and browsers can cache.
    """
    expires = clock.now().replace(minute=0, second=0, microsecond=0) + LIFE + timedelta(hours=1)
    stamp = int(expires.timestamp())
    signature = settings.KEY_RING.sign(_message(attachment.pk, viewer, stamp), purpose=_PURPOSE)
    return f"{settings.ENVIRONMENT.files_url or ''}/files/{attachment.pk}/{viewer}.{stamp}.{signature}/{quote(attachment.filename, safe='')}"


def named_viewer(token: str) -> int:
    """The account a token was made for, not checked yet; 0 when it names none."""
    viewer = token.partition(".")[0]
    return int(viewer) if viewer.isascii() and viewer.isdecimal() and len(viewer) < 19 else 0


def check_token(attachment_id: int, token: str, *, viewer: int, now: datetime | None = None) -> None:
    """Refuse a token that is not whole, not for this file and viewer, or too old. Raises AddressRefused."""
    named, _, rest = token.partition(".")
    stamp, _, signature = rest.partition(".")
    if not (token.isascii() and named.isdecimal() and stamp.isdecimal() and len(named) < 19 and len(stamp) < 13):
        raise AddressRefused
    good = settings.KEY_RING.verify(_message(attachment_id, int(named), int(stamp)), signature, purpose=_PURPOSE)
    fresh = (now or clock.now()).timestamp() < int(stamp)
    if not (good and fresh and hmac.compare_digest(named, str(viewer))):
        raise AddressRefused


def _message(attachment_id: int, viewer: int, stamp: int) -> bytes:
    return f"{attachment_id}:{viewer}:{stamp}".encode()
