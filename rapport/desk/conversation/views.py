"""The page of one conversation and its parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode
from zlib import crc32

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rapport.conversations import access, boards, directory, locking, reading, surroundings
from rapport.conversations.errors import NotFound
from rapport.conversations.models import Conversation
from rapport.conversations.surroundings import Surroundings
from rapport.desk import early
from rapport.desk.answers import answered, done, is_part, number_of
from rapport.desk.beside import showing as beside
from rapport.desk.conversation import composing, heads, links, side, thread, work
from rapport.desk.conversation.showing import ShownMessage
from rapport.desk.entering import signed_in
from rapport.desk.inbox import panes
from rapport.desk.inbox.chosen import view_beside
from rapport.desk.search import finding
from rapport.notifications import seeing
from rapport.people.models import Account, Customer
from rapport.people.recognising import living
from rapport.people.rights import Right
from rapport.rows import ahead


def _expect(request: HttpRequest, account: Account, number: int) -> None:
    """What `conversation` asks before it knows anything but the number."""
    access.expect_conversation(account, number)
    if not is_part(request):
        panes.expect_first(account)
    if "at" not in request.GET:
        thread.expect(account, [number], whole="all" in request.GET)
    directory.expect()


early.at("/conversations/#/", _expect)


@require_safe
@answered
def conversation(request: HttpRequest, number: int) -> HttpResponseBase:
    """The conversation, as a pane for htmx or with the list beside it."""
    account = signed_in(request)
    if not is_part(request):
        panes.expect_first(account)
    try:
        found = access.get_conversation(account, number)
    except NotFound:  # the number of a side conversation leads to the one it stands beside
        main = access.main_of_side(account, number)
        return HttpResponseRedirect(f"/conversations/{main}/?side={number}")
    if is_part(request):
        context = _pane(request, number, parts(account, found, scope=request.GET.dict()))
        return render(request, "desk/conversation/_pane.html", context | {"is_part": True})
    return _whole_page(request, account, found)


def _whole_page(request: HttpRequest, account: Account, found: Conversation) -> HttpResponse:
    """What the list and the rail ask is on its way while the conversation is put together."""
    chosen, words = view_beside(account, request.GET.get("view", "open")), request.GET.get("q", "")
    finding.expect_beside(account, chosen, words)
    scope = request.GET.dict()
    around = _around(account, found, scope=scope)
    keys = finding.keys_beside(account, chosen, words)
    panes.expect_rail(account)
    ahead.send()
    context = _pane(request, found.pk, parts(account, found, around, scope=scope))
    listed = finding.beside(account, chosen, words, keys)
    framed = panes.frame(account, chosen.key, chosen.arrangement)
    return render(request, "desk/inbox/page.html", framed | listed | context | {"view": chosen.key})


@require_safe
@answered
def sync(request: HttpRequest, number: int) -> HttpResponseBase:
    """Head, banners, messages and side panel anew, for a page that is already open."""
    account = signed_in(request)
    context = parts(account, access.get_conversation(account, number), scope=request.GET.dict(), with_composer=False)
    return render(request, "desk/conversation/_sync.html", context | _came_from(request))


def _pane(request: HttpRequest, number: int, context: dict[str, Any]) -> dict[str, Any]:
    """The context with where one came from, a letter aside that is to be opened, and how the pane asks for itself anew."""
    came, wanted = _came_from(request), number_of(request.GET.get("side"))
    drawer = f"/conversations/{number}/sides/{wanted}/" if wanted else ""
    return context | came | {"drawer": drawer, "scope": f"{context['scope']}&{urlencode(came)}"}


def _came_from(request: HttpRequest) -> dict[str, str]:
    """The view, and if it was a board the way of that, to which one goes back."""
    by = request.GET.get("by", "")
    return {"view": request.GET.get("view", "open"), "by": by if by in boards.WAYS else ""}


@require_safe
@answered
def composer(request: HttpRequest, number: int) -> HttpResponseBase:
    """A fresh composer, with the draft if there is one."""
    account = signed_in(request)
    found = access.get_conversation(account, number)
    return render(request, "desk/conversation/_composer.html", parts(account, found))


@require_POST
@answered
def read(request: HttpRequest, number: int) -> HttpResponseBase:
    """The account has seen everything up to a message; with `unread`, it wants to see it as new again."""
    account = signed_in(request)
    found = access.get_conversation(account, number)
    if request.POST.get("unread"):
        reading.mark_unread(found, by=account)
        return done(request, "/inbox/", _("Marked as unread"))
    reading.mark_read(found, by=account, up_to=number_of(request.POST.get("up_to")) or 0)
    seeing.mark_conversations(account, locking.family_ids(found))
    return HttpResponse(status=204)


@require_safe
@answered
def subject_page(request: HttpRequest, number: int) -> HttpResponseBase:
    """Change the subject."""
    account = signed_in(request)
    found = access.get_conversation(account, number)
    access.demand(account, Right.MANAGE)
    title = _("Change the subject of #%s") % number
    context = panes.frame(account, "") | {"conversation": found, "page_title": title}
    return render(request, "desk/conversation/subject.html", context)


def parts(
    account: Account,
    found: Conversation,
    around: Surroundings | None = None,
    *,
    scope: Mapping[str, str] | None = None,
    with_composer: bool = True,
) -> dict[str, Any]:
    """Context of everything in the pane. `scope`: with `all` the whole timeline, with `at` from that message on."""
    scope = scope or {}
    at = number_of(scope.get("at")) or 0
    around = around or _around(account, found, scope=scope, with_composer=with_composer)
    known = directory.read()
    told = thread.read(account, around.family, known, whole="all" in scope, at=at)
    panel, sides = side.side_of(account, _customer_of(found), around), beside.listed(account, around, known.people)
    letters = beside.begun(account, around, known.people)
    bonds = links.shown(account, around)
    panel.rev += format(crc32(repr((sides, letters, bonds)).encode()), "x")
    context = {
        "head": heads.head_of(account, found, around, known, last_id=told.last_id),
        "entries": told.entries,
        "earlier": told.earlier,
        "later": told.later,
        "scope": "all=1" if "all" in scope else f"at={at}" if at else "",
        "unread_from": _first_unread(account, told.entries, around.read_to),
        "side": panel,
        "sides": sides,
        "letters": letters,
        "work": work.work_of(account, found, known.people),
        "bonds": bonds,
        "asking": composing.asking_of(around.people),
        "open_incidents": links.left_open(found, bonds),
        "page_title": f"#{found.pk} {found.subject}".strip(),
        **heads.choices(known),
    }
    return context | composing.composer(account, found, around.people, known.people) if with_composer else context


def _around(
    account: Account, found: Conversation, *, scope: Mapping[str, str], with_composer: bool = True
) -> Surroundings:
    """What hangs on the conversation; what `parts` asks besides comes along with it or with the next question."""
    customer = _customer_of(found)
    if "at" not in scope:  # mostly nothing was merged into it
        thread.expect(account, [found.pk], whole="all" in scope)
    directory.expect()
    if with_composer:
        composing.expect(account, found)
    around = surroundings.read(account, found, customer)
    if "at" not in scope:
        thread.expect(account, around.family, whole="all" in scope)
    side.expect(account, customer, around)
    ahead.send()
    return around


def _customer_of(found: Conversation) -> Customer | None:
    return living(found.customer) if found.customer else None


def _first_unread(account: Account, entries: Sequence[object], read_to: int) -> str:
    """The first message of others that came since the account looked; none where it never did, or has read all."""
    shown = [entry for entry in entries if isinstance(entry, ShownMessage) and not entry.mine]
    unread = [entry.id for entry in shown if entry.pk > read_to]
    return unread[0] if read_to and unread and len(unread) < len(shown) else ""


@require_safe
@answered
def print_page(request: HttpRequest, number: int) -> HttpResponseBase:
    """The whole conversation on paper; with `notes`, the colleagues' words too."""
    account = signed_in(request)
    found = access.get_conversation(account, number)
    context = parts(account, found, scope={"all": "1"}, with_composer=False)
    return render(request, "desk/conversation/print.html", context | {"with_notes": "notes" in request.GET})
