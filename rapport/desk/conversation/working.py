"""The acts of the side panel: fields filled in, statuses chosen, checklists ticked, time noted."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rapport.conversations import access, catalogue, directory, filling, settling, ticking, timing
from rapport.conversations.errors import NotFound, UnknownStatus
from rapport.conversations.models import Conversation
from rapport.desk.answers import answered, done, is_part, number_of
from rapport.desk.conversation.work import work_of
from rapport.desk.entering import signed_in
from rapport.desk.repeating import once
from rapport.people.models import Account


@require_POST
@answered
def value(request: HttpRequest, number: int, pk: int) -> HttpResponseBase:
    """Fill in a custom field with `written`; nothing empties it."""
    account, conversation = _start(request, number)
    asked = catalogue.read().fields.get(pk)
    if asked is None:
        raise NotFound
    filling.fill(conversation, asked, written=request.POST.getlist("written"), by=account)
    return _end(request, account, number, _("%(field)s is saved") % {"field": asked.name})


@require_POST
@answered
def status(request: HttpRequest, number: int) -> HttpResponseBase:
    """Bring it to a status: a kind, or one of the company's own."""
    account, conversation = _start(request, number)
    left = ticking.open_items(conversation)
    settled = settling.put(conversation, status=request.POST.get("status", ""), by=account)
    own = catalogue.read().own_status(settled)
    name = own.name if own else settled.get_status_display()
    closed = settled.status == Conversation.Status.CLOSED
    said = _("Status: %(name)s") % {"name": name}
    return done(
        request, f"/conversations/{number}/", with_open_items(said, left) if closed else said, conversation=number
    )


@require_POST
@answered
def checklists(request: HttpRequest, number: int) -> HttpResponseBase:
    """Add the checklist of a template."""
    account, conversation = _start(request, number)
    template = catalogue.read().checklists.get(number_of(request.POST.get("template")) or 0)
    if template is None or template.archived_at is not None:
        raise UnknownStatus
    ticking.add(conversation, template, by=account)
    return _end(request, account, number, _("%(name)s added") % {"name": template.name})


@require_POST
@answered
def checklist_removal(request: HttpRequest, number: int, pk: int) -> HttpResponseBase:
    """Take a checklist off."""
    account, conversation = _start(request, number)
    ticking.remove(conversation, number=pk, by=account)
    return _end(request, account, number, _("Checklist removed"))


@require_POST
@answered
def item(request: HttpRequest, number: int, pk: int, item: int) -> HttpResponseBase:
    """Tick a step (`ticked`), or take the tick off."""
    account, conversation = _start(request, number)
    ticking.tick(conversation, number=pk, item=item, done=bool(request.POST.get("ticked")), by=account)
    return _end(request, account, number, "")


@require_POST
@answered
@once
def times(request: HttpRequest, number: int) -> HttpResponseBase:
    """Note `minutes` of one's own."""
    account, conversation = _start(request, number)
    minutes = number_of(request.POST.get("minutes")) or 0
    timing.note(conversation, minutes=minutes, words=request.POST.get("words", ""), by=account)
    return _end(request, account, number, _("%(n)d min noted") % {"n": minutes})


@require_POST
@answered
def time(request: HttpRequest, number: int, pk: int) -> HttpResponseBase:
    """Correct an entry of one's own; no minutes take it off."""
    account, conversation = _start(request, number)
    minutes = number_of(request.POST.get("minutes"))
    if minutes is None:
        raise UnknownStatus
    timing.correct(conversation, entry=pk, minutes=minutes, by=account)
    return _end(request, account, number, _("Corrected"))


def with_open_items(said: str, left: int) -> str:
    """A closing's sentence, with the warning that steps of its checklists are left."""
    if not left:
        return said
    return f"{said} · " + _("still open on its checklists: %(n)d") % {"n": left}


def _start(request: HttpRequest, number: int) -> tuple[Account, Conversation]:
    account = signed_in(request)
    return account, access.get_conversation(account, number)


def _end(request: HttpRequest, account: Account, number: int, said: str) -> HttpResponseBase:
    """The panel anew where it asks for that, else a word."""
    if is_part(request) and request.headers.get("HX-Target") == "work":
        work = work_of(account, access.get_conversation(account, number), directory.read().people)
        return render(request, "desk/conversation/_work.html", {"work": work})
    return done(request, f"/conversations/{number}/", said, conversation=number)
