"""Side conversations: the drawer beside the messages, which is a page of its own where nothing opens drawers."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rapport.conversations import access, drafting, siding
from rapport.conversations.models import Conversation, Draft, Message
from rapport.desk.answers import answered, is_part, number_of
from rapport.desk.beside import showing
from rapport.desk.beside.forms import SideForm
from rapport.desk.conversation.forms import ReplyForm
from rapport.desk.conversation.writing import checked, delay_of, kept
from rapport.desk.entering import signed_in
from rapport.desk.inbox import panes
from rapport.desk.repeating import once
from rapport.people.models import Account
from rapport.people.rights import Right

# What was put off until another day is not offered to be taken back for so long.
MOST_SECONDS = 300


@require_safe
@answered
def new(request: HttpRequest, number: int) -> HttpResponseBase:
    """Write to somebody else; `?message=` is quoted or, with `forward`, passed on."""
    account = signed_in(request)
    main = access.get_conversation(account, number)
    access.demand(account, Right.REPLY)
    about = named_message(account, main, request.GET.get("message"))
    forward = bool(about) and "forward" in request.GET
    return drawer(request, account, showing.beginning(account, main, about, forward=forward))


@require_POST
@answered
@once
def sides(request: HttpRequest, number: int) -> HttpResponseBase:
    """Begin a side conversation: its first letter is held like a reply."""
    account = signed_in(request)
    main = access.get_conversation(account, number)
    access.demand(account, Right.REPLY)
    form = checked(SideForm(request.POST))
    about = named_message(account, main, str(form.cleaned_data["message"] or ""))
    taken = about if form.cleaned_data["forward"] or form.cleaned_data["quote"] else None
    enclosed = siding.Enclosed(
        about=taken,
        forward=bool(taken and form.cleaned_data["forward"]),
        files=showing.chosen_files(account, main, form.file_ids(), taken),
    )
    message = siding.begin(main, by=account, content=form.content(), enclosed=enclosed, delay=delay_of(form))
    return _held(request, account, number, message)


@require_safe
@answered
def side(request: HttpRequest, number: int, pk: int) -> HttpResponseBase:
    """What was written with them; with the `rev` that is on the screen already, nothing."""
    account = signed_in(request)
    main = access.get_conversation(account, number)
    context = showing.thread(account, main, access.get_side(account, main, pk))
    if is_part(request) and request.GET.get("rev") == context["rev"]:
        return HttpResponse(status=204)
    return drawer(request, account, context)


@require_POST
@answered
@once
def messages(request: HttpRequest, number: int, pk: int) -> HttpResponseBase:
    """Write to them once more."""
    account = signed_in(request)
    main = access.get_conversation(account, number)
    access.demand(account, Right.REPLY)
    found = access.get_side(account, main, pk)
    form = checked(ReplyForm(request.POST))
    message = siding.write(found.conversation, by=account, content=form.content(), delay=delay_of(form))
    return _held(request, account, number, message)


@require_POST
@answered
def new_draft(request: HttpRequest, number: int) -> HttpResponseBase:
    """Keep a first letter that is being written."""
    account = signed_in(request)
    main = access.get_conversation(account, number)
    access.demand(account, Right.REPLY)
    return kept(main, account, SideForm(request.POST), Draft.Kind.SIDE)


@require_POST
@answered
def draft(request: HttpRequest, number: int, pk: int) -> HttpResponseBase:
    """Keep what is being written to them."""
    account = signed_in(request)
    main = access.get_conversation(account, number)
    access.demand(account, Right.REPLY)
    return kept(access.get_side(account, main, pk).conversation, account, ReplyForm(request.POST), Draft.Kind.REPLY)


@require_POST
@answered
def new_taking(request: HttpRequest, number: int, draft: int) -> HttpResponseBase:
    """Go on with a first letter that a colleague has begun."""
    account = signed_in(request)
    main = access.get_conversation(account, number)
    drafting.take_over(main, draft, by=account, kind=Draft.Kind.SIDE)
    return taken(request, account, number, "sides", showing.beginning(account, main, None, forward=False))


@require_POST
@answered
def taking(request: HttpRequest, number: int, pk: int, draft: int) -> HttpResponseBase:
    """Go on with a letter to them that a colleague has begun."""
    account = signed_in(request)
    found = access.get_side(account, access.get_conversation(account, number), pk)
    drafting.take_over(found.conversation, draft, by=account)
    return _told(request, account, number, pk, toast=_("The draft is yours now"))


@require_http_methods(["POST", "DELETE"])
@answered
def completion(request: HttpRequest, number: int, pk: int) -> HttpResponseBase:
    """POST: nothing more is expected from them; DELETE, or `open`: it is not done after all."""
    account = signed_in(request)
    main = access.get_conversation(account, number)
    access.demand(account, Right.REPLY)
    found = access.get_side(account, main, pk)
    if request.method == "DELETE" or request.POST.get("open"):
        siding.resume(found.conversation, by=account)
        return _told(request, account, number, pk, toast=_("Open again"))
    siding.finish(found.conversation, by=account)
    return _told(request, account, number, pk, toast=_("Done"))


def named_message(account: Account, main: Conversation, written: str | None) -> Message | None:
    """The named message, which must belong to this conversation. Raises NotFound."""
    pk = number_of(written)
    return access.message_of(account, main, pk) if pk else None


def taken(request: HttpRequest, account: Account, number: int, what: str, context: dict[str, Any]) -> HttpResponseBase:
    """The drawer with what one goes on with; `what`: sides or questions."""
    if not is_part(request):
        return HttpResponseRedirect(f"/conversations/{number}/{what}/new/")
    response = drawer(request, account, context)
    told = {"toast": _("The draft is yours now"), "conversation": number}
    response["HX-Trigger"] = json.dumps({"rapport:done": told})
    return response


def _held(request: HttpRequest, account: Account, number: int, message: Message) -> HttpResponseBase:
    return _told(request, account, number, message.conversation_id, toast=_("Sending …"), **undo_of(message))


def undo_of(message: Message) -> dict[str, Any]:
    """What the page needs to take a message back that is held; nothing where there is no time for it."""
    seconds = round((message.release_at - message.at).total_seconds()) if message.release_at else 0
    if not seconds:
        return {}
    return {"undo": f"/messages/{message.pk}/hold/", "undo_label": _("Undo"), "seconds": min(seconds, MOST_SECONDS)}


def _told(request: HttpRequest, account: Account, number: int, pk: int, **facts: Any) -> HttpResponseBase:
    """The drawer as it is now, and what happened for the page around it; a plain form goes back to the conversation."""
    if not is_part(request):
        return HttpResponseRedirect(f"/conversations/{number}/?side={pk}")
    main = access.get_conversation(account, number)
    response = drawer(request, account, showing.thread(account, main, access.get_side(account, main, pk)))
    response["HX-Trigger"] = json.dumps({"rapport:done": {"conversation": number, **facts}})
    return response


def drawer(request: HttpRequest, account: Account, context: dict[str, Any]) -> HttpResponse:
    """The drawer, or a page of its own with it."""
    if is_part(request):
        return render(request, "desk/beside/_drawer.html", context)
    return render(request, "desk/beside/page.html", panes.frame(account, "") | context)
