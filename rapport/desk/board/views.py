"""The board of a view and its parts."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from django.http import HttpRequest, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from rapport.conversations import access, arranging, boards, listing
from rapport.conversations.boards import Board, By
from rapport.conversations.errors import NotFound, UnknownStatus
from rapport.desk.answers import answered
from rapport.desk.board import showing
from rapport.desk.entering import signed_in
from rapport.desk.inbox import chosen as choosing
from rapport.desk.inbox import panes
from rapport.desk.inbox.chosen import Chosen
from rapport.desk.inbox.rows import written
from rapport.people.models import Account


@require_safe
@answered
def board(request: HttpRequest) -> HttpResponseBase:
    """One view as a board; columns before `first` wait to be fetched, as do those beyond the first few."""
    account = signed_in(request)
    chosen = choosing.choose(account, panes.view_of(request, account))
    ways = boards.ways(account, chosen.key, chosen.condition)
    shown = _board_of(request, account, chosen, ways)
    frame = panes.frame(account, chosen.key, chosen.arrangement)
    context = showing.context(chosen, shown, ways)
    lanes = showing.lanes_of(account, shown, context["query"], first=request.GET.get("first", ""))
    context |= frame | {"lanes": lanes, "may_move": showing.may_move(account), "page_title": frame["view_name"]}
    return render(request, "desk/board/page.html", context)


@require_safe
@answered
def lane(request: HttpRequest) -> HttpResponseBase:
    """One column; with `after`, its further cards."""
    account = signed_in(request)
    chosen, shown = chosen_board(request, account)
    found = shown.lane(request.GET.get("lane", ""))
    if found is None:
        raise UnknownStatus
    query, after = showing.query_of(chosen, shown.by), request.GET.get("after", "")
    if after:
        more = showing.further(account, shown, found, query, after=after)
        return render(request, "desk/board/_cards.html", {"lane": more, "query": query, "follows": True})
    filled = showing.filled(account, shown, [found], query)[0]
    return render(request, "desk/board/_lane.html", {"lane": filled, "query": query})


@require_safe
@answered
def card(request: HttpRequest, number: int) -> HttpResponseBase:
    """One card as this account sees it, and the column it stands in. Not found where it is not on this board."""
    account = signed_in(request)
    chosen, shown = chosen_board(request, account)
    found = boards.lane_of(account, shown, access.get_conversation(account, number))
    rows = listing.rows(access.conversations_visible_to(account), account, [number]) if found else []
    if found is None or not rows:
        raise NotFound
    answer = written(rows, template=showing.CARD, query=showing.query_of(chosen, shown.by))
    return render(request, "desk/board/_one.html", {"lane": found, "card": answer[0]})


@require_safe
@answered
def counts(request: HttpRequest) -> HttpResponseBase:
    """How many each `lane` holds that is asked for, a few at a time, as JSON of key → words."""
    account = signed_in(request)
    _chosen, shown = chosen_board(request, account)
    asked = request.GET.getlist("lane")
    lanes = [one for one in shown.lanes if one.key in asked][: showing.AT_ONCE]
    found = {one.key: boards.cards(account, shown, one, limit=boards.COUNTED) for one in lanes}
    return JsonResponse({key: showing.count(one) for key, one in found.items()})


@require_POST
@answered
def layout(request: HttpRequest) -> HttpResponseBase:
    """This account sees a view as a list (`list`), as a board by something, or as the board that suits it (nothing)."""
    account = signed_in(request)
    chosen = choosing.choose(account, request.POST.get("view", ""))
    ways = boards.ways(account, chosen.key, chosen.condition)
    by = request.POST.get("by", "") or str(showing.default_way(chosen, ways))
    if by != "list" and by not in ways:
        raise UnknownStatus
    arranging.lay_out(account, chosen.key, by=by)
    return HttpResponseRedirect(address_of(chosen, by))


def address_of(chosen: Chosen, by: str) -> str:
    """Where a view stands as a list (`list`) or as a board."""
    if by == "list":
        return f"/inbox/?view={quote(chosen.key)}"
    return f"/inbox/board/{showing.query_of(chosen, By(by))}"


def chosen_board(request: HttpRequest, account: Account) -> tuple[Chosen, Board]:
    """The view and the columns that an address names. Raises UnknownStatus, NotFound."""
    chosen = choosing.choose(account, panes.view_of(request, account))
    return chosen, _board_of(request, account, chosen, boards.ways(account, chosen.key, chosen.condition))


def _board_of(request: HttpRequest, account: Account, chosen: Chosen, ways: Sequence[By]) -> Board:
    by = request.GET.get("by", "")
    if by and by not in ways:
        raise UnknownStatus
    return showing.board_of(account, chosen, By(by) if by else showing.default_way(chosen, ways))
