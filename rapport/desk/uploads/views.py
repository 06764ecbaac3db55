"""Taking a file for the message being written: raw bytes in, the waiting upload's id out."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from rapport.desk.answers import answered
from rapport.desk.conversation.facts import SHOWN_INLINE
from rapport.desk.entering import signed_in
from rapport.files import attaching, storing
from rapport.files.access import signed_path
from rapport.files.models import Attachment, StoredFile
from rapport.people import access
from rapport.people.models import Account
from rapport.people.rights import Right
from rapport.ui import moments


class TooBig(Exception):
    """More bytes than the operator allows."""


@require_http_methods(["POST", "PUT"])
@answered
def uploads(request: HttpRequest) -> HttpResponseBase:
    """Store the body. Answers 201 {id, name, size}, or a refusal with its sentence.

    With `?inline` a picture that is to stand in the text: the answer also has its Content-ID and where to see it.
    """
    account = signed_in(request)
    access.require(account, Right.NOTE)
    try:
        stored = _stored(request)
    except TooBig:
        sentence = _("is larger than %(most)s") % {"most": moments.size(most_bytes())}
        return JsonResponse({"sentence": sentence, "code": "too_big"}, status=413)
    if not stored.size:
        return JsonResponse({"sentence": _("is empty"), "code": "empty"}, status=400)
    if "inline" in request.GET and request.content_type not in SHOWN_INLINE:
        sentence = _("is not a picture that mail programs show (PNG, JPEG, GIF, WebP). Attach it as a file")
        return JsonResponse({"sentence": sentence, "code": "no_picture"}, status=400)
    found = _named(request, stored, account)
    answer = {"id": found.pk, "name": found.filename, "size": stored.size}
    if found.cid:
        answer |= {"cid": found.cid, "url": f"{signed_path(found, viewer=account.pk)}?inline=1"}
    return JsonResponse(answer, status=201)


def most_bytes() -> int:
    """The operator's limit for one file."""
    return int(settings.ENVIRONMENT.max_upload_bytes)


def _named(request: HttpRequest, stored: StoredFile, account: Account) -> Attachment:
    name = request.GET.get("name", "") or _("file")
    # The same bytes get the same name, however often they are pasted.
    cid = f"{stored.sha256[:40]}@rapport" if "inline" in request.GET else ""
    return attaching.upload(stored, filename=name, mime=request.content_type or "", uploader=account.pk, cid=cid)


def _stored(request: HttpRequest) -> StoredFile:
    """The bytes, which the server has spooled to a file; without it (the test client) they are read here."""
    most = most_bytes()
    spooled = request.META.get("rapport.spooled")
    if spooled:
        if Path(spooled).stat().st_size > most:
            raise TooBig
        return storing.store_path(Path(spooled))
    data = request.read(most + 1)
    if len(data) > most:
        raise TooBig
    return storing.store_bytes(data)
