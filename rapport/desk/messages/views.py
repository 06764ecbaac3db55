"""Acts on one message, its original and the frame its HTML is shown in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rapport.conversations import access, locking, postponing, receiving, replying
from rapport.conversations.errors import NotAllowed, NotFound, NotHeld, NotInThePast
from rapport.conversations.models import Message
from rapport.desk.answers import answered, done
from rapport.desk.conversation.forms import moment_of
from rapport.desk.entering import signed_in
from rapport.files import listing as files
from rapport.files import storing
from rapport.files.access import signed_path
from rapport.files.errors import FileMissing
from rapport.kit import html
from rapport.outbox import listing as outbox
from rapport.outbox import retrying
from rapport.people.models import Account
from rapport.people.rights import Right
from rapport.ui import moments
from rapport.ui.handoff import FileHandOff


@require_safe
@answered
def place(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Where the message stands: its conversation, opened at it."""
    account = signed_in(request)
    message = access.get_message(account, pk)
    if message.conversation.is_aside:
        return HttpResponseRedirect(f"/conversations/{_shown_in(account, message)}/?side={message.conversation_id}")
    number = locking.living(message.conversation).pk
    return HttpResponseRedirect(f"/conversations/{number}/?at={pk}#m-{pk}")


@require_http_methods(["POST", "DELETE"])
@answered
def hold(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Undo send: the held reply becomes its author's draft again."""
    account = signed_in(request)
    message = access.get_message(account, pk)
    if message.author_id != account.pk:
        raise NotAllowed
    replying.cancel(message, by=account)
    number = message.conversation_id
    if message.kind == Message.Kind.NOTE and not message.to:
        said = _("Not added. Your words are in the note field.")
        return done(request, f"/conversations/{number}/", said, conversation=number, composer="restored")
    if message.kind == Message.Kind.NOTE:
        said = _("Not sent. Your question is kept where you asked it.")
        return done(request, f"/conversations/{number}/", said, conversation=number)
    if message.conversation.is_aside:
        main = access.main_of_side(account, number)
        return done(
            request, f"/conversations/{main}/?side={number}", _("Not sent"), conversation=main, given_back=number
        )
    return done(request, f"/conversations/{number}/", _("Not sent"), conversation=number, composer="restored")


@require_POST
@answered
def time(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Another time for one's own held reply; without `at` it goes out now."""
    account = signed_in(request)
    message = access.get_message(account, pk)
    written = request.POST.get("at", "")
    until = moment_of(written)
    if written and until is None:
        raise NotInThePast
    message = postponing.postpone(message, until=until, by=account)
    when = moments.full(message.release_at or message.at)
    said = _("It goes out %(when)s") % {"when": when} if until else _("Sending …")
    return done(request, reverse("later"), said, conversation=message.conversation_id)


@require_POST
@answered
def admission(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Let a stranger's held message in."""
    account = signed_in(request)
    message = access.get_message(account, pk)
    receiving.admit_stranger(message, by=account)
    number = _shown_in(account, message)
    return done(request, f"/conversations/{number}/", _("Let in"), conversation=number)


@require_POST
@answered
def delivery(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Try a delivery that failed, or may have failed, once more."""
    account = signed_in(request)
    message = access.get_message(account, pk)
    access.demand(account, Right.REPLY)
    found = outbox.of_messages([pk]).get(pk)
    if found is None or not retrying.retry(found, by=account):
        raise NotHeld
    number = _shown_in(account, message)
    return done(request, f"/conversations/{number}/", _("Sending again …"), conversation=number)


@require_safe
@answered
def original(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The mail as it arrived, byte for byte, as a download."""
    message = access.get_message(signed_in(request), pk)
    if not message.raw_sha256:
        raise NotFound
    path = storing.path_of(message.raw_sha256)
    headers = {
        "Content-Disposition": f'attachment; filename="message-{message.pk}.eml"',
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, no-store",
    }
    try:
        return FileHandOff(path, content_type="application/octet-stream", headers=headers)
    except FileNotFoundError as error:
        raise FileMissing(message.raw_sha256) from error


@require_safe
@answered
def frame(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The mail's sanitised HTML alone, for the sandboxed frame; web pictures only when asked for."""
    account = signed_in(request)
    message = access.get_message(account, pk)
    # An address of its own and not `srcdoc`: that would inherit the page's policy, in which a mail could neither keep
    # its style attributes nor ever show a web picture, unless every page allowed both.
    remote = request.GET.get("images") == "1"
    shown = html.with_inline_images(html.sanitize(message.html), _inline_images(message, account))
    if remote:
        shown = html.allow_remote(shown)
    response = HttpResponse(html.frame_document(shown, allow_remote=remote))
    response["Content-Security-Policy"] = frame_policy(remote=remote)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Frame-Options"] = "SAMEORIGIN"
    return response


def frame_policy(*, remote: bool) -> str:
    """What the frame may do: style itself and show pictures. Never scripts, forms, frames or other loads."""
    images = "'self' data: https: http:" if remote else "'self' data:"
    return (
        f"default-src 'none'; img-src {images}; style-src 'unsafe-inline'; script-src 'none'; form-action 'none'; "
        "base-uri 'none'; frame-ancestors 'self'; sandbox allow-same-origin"
    )


def _shown_in(account: Account, message: Message) -> int:
    """The number of the conversation on whose page the message stands."""
    aside = message.conversation.is_aside
    return access.main_of_side(account, message.conversation_id) if aside else message.conversation_id


def _inline_images(message: Message, account: Account) -> dict[str, str]:
    """Signed addresses of the message's own pictures by Content-ID."""
    if "cid:" not in message.html:
        return {}
    attached = files.of_messages([message.pk]).get(message.pk, [])
    return {one.cid: f"{signed_path(one, viewer=account.pk)}?inline=1" for one in attached if one.cid}
