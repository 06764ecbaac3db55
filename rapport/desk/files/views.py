"""Attachments: downloads from signed, expiring addresses, judged anew at each fetch."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from urllib.parse import quote

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from rapport.conversations import access
from rapport.desk.answers import answered
from rapport.desk.conversation.facts import SHOWN_INLINE
from rapport.desk.entering import signed_in, to_sign_in
from rapport.desk.files import hosting
from rapport.files import access as addresses
from rapport.files import picturing, storing
from rapport.files.errors import AddressRefused, FileMissing
from rapport.people.models import Account
from rapport.ui.handoff import FileHandOff, MadeHandOff

# Even a picture opened alone can do nothing: no scripts, no origin.
SANDBOX = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; sandbox"


@login_not_required
@require_safe
@answered
def attachment(request: HttpRequest, pk: int, token: str, name: str) -> HttpResponseBase:
    """One attachment, as its sender's bytes to save; with `inline` a picture of four plain kinds, drawn anew."""
    on_files_host = hosting.is_files_host(request)
    if not on_files_host and not request.user.is_authenticated:
        return to_sign_in(request)
    account = _named_account(token) if on_files_host else signed_in(request)
    addresses.check_token(pk, token, viewer=account.pk)
    found = access.get_attachment(account, pk)
    sha256 = found.stored.sha256
    try:
        source = storing.path_of(sha256)
        source.stat()
        if "inline" in request.GET and found.mime in SHOWN_INLINE and not picturing.is_refused(sha256):
            headers = _headers(f"{Path(found.filename).stem}.webp", inline=True, on_files_host=on_files_host)
            if picture := picturing.drawn(sha256):
                return FileHandOff(picture, content_type=picturing.MIME, headers=headers)
            return MadeHandOff(partial(_drawn, sha256), content_type=picturing.MIME, headers=headers)
        headers = _headers(found.filename, inline=False, on_files_host=on_files_host)
        return FileHandOff(source, content_type="application/octet-stream", headers=headers)
    except FileNotFoundError as error:
        raise FileMissing(sha256) from error


def _headers(filename: str, *, inline: bool, on_files_host: bool) -> dict[str, str]:
    return {
        "Content-Disposition": disposition(filename, inline=inline),
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": SANDBOX,
        "Cross-Origin-Resource-Policy": "cross-origin" if on_files_host else "same-origin",
        "Cache-Control": "private, max-age=3600" if inline else "private, no-store",
    }


def _drawn(sha256: str) -> Path | None:
    """Runs beside the page thread."""
    try:
        return picturing.draw(sha256)
    except (picturing.PictureRefused, OSError):
        return None


def _named_account(token: str) -> Account:
    """Whom the token names: on the host without cookies nothing else says who asks. Raises AddressRefused."""
    account = Account.objects.filter(pk=addresses.named_viewer(token), is_active=True).first()
    if account is None:
        raise AddressRefused
    return account


def disposition(filename: str, *, inline: bool) -> str:
    """A Content-Disposition that no file name can break: an ASCII stand-in, and RFC 5987 for the real one."""
    plain = "".join(char if char.isascii() and (char.isalnum() or char in " ._-()") else "_" for char in filename)
    kind = "inline" if inline else "attachment"
    return f"{kind}; filename=\"{plain or 'file'}\"; filename*=UTF-8''{quote(filename, safe='')}"
