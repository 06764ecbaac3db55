"""A card is put into another column: by the verb that does it anywhere, with its rights, and with the way back."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from rapport.conversations import access, assigning, boards, moving, settling, snoozing, ticking
from rapport.conversations.boards import Board, By, Lane
from rapport.conversations.errors import AssignedMeanwhile, NotFound, UnknownStatus
from rapport.conversations.models import Conversation
from rapport.desk.answers import answered, done, is_part, number_of
from rapport.desk.board import showing
from rapport.desk.board.views import address_of, chosen_board
from rapport.desk.conversation.times import tomorrow_morning
from rapport.desk.conversation.working import with_open_items
from rapport.desk.entering import signed_in
from rapport.desk.inbox import bulk, panes
from rapport.kit import clock
from rapport.people import access as people
from rapport.people.models import Account
from rapport.people.rights import Right
from rapport.ui import moments

Status = Conversation.Status


@require_http_methods(["GET", "HEAD", "POST"])
@answered
def place(request: HttpRequest, number: int) -> HttpResponseBase:
    """Where a card can go (a page of its own without JavaScript); POST puts it into the column `to`.

    `from`: the column it was seen in. Who hands out what somebody took meanwhile is told so.
    """
    account = signed_in(request)
    conversation = access.get_conversation(account, number)
    chosen, board = chosen_board(request, account)
    access.demand(account, Right.MANAGE)
    if request.method == "POST":
        before, was = bulk.newest_event(), request.POST.get("from", "")
        if board.by == By.ASSIGNEE and was not in ("", boards.place_of(board, conversation)):
            raise AssignedMeanwhile
        said = f"#{number}: {_put(account, conversation, board, request.POST.get('to', ''))}"
        facts = bulk.undo_of(account, [number], before)
        return done(request, address_of(chosen, board.by), said, numbers=[number], **facts)
    here = boards.lane_of(account, board, conversation)
    away = showing.barred(board, here) if here else []
    context = {
        "board": board,
        "number": number,
        "here": here,
        "away": away,
        "query": showing.query_of(chosen, board.by),
    }
    if is_part(request):
        return render(request, "desk/board/_places.html", context)
    framed = panes.frame(account, chosen.key, chosen.arrangement)
    return render(request, "desk/board/places.html", framed | context | {"page_title": _("Move #%s") % number})


def _put(account: Account, conversation: Conversation, board: Board, to: str) -> str:
    """Do it; what was done, in words. Raises NotFound for a column that is none, and what the verbs raise."""
    lane = board.lane(to)
    if lane is None or not lane.takes:
        raise NotFound
    if board.by == By.STATUS:
        return _put_status(account, conversation, lane)
    if board.by == By.TEAM:
        team = people.teams_visible_to(account).filter(pk=number_of(to) or 0).first()
        if team is None and to != "none":
            raise NotFound
        moving.move(conversation, team=team, by=account)
        return _("Moved to %(team)s") % {"team": team} if team else _("In no team any more")
    who = people.accounts_visible_to(account).filter(pk=number_of(to) or 0).first()
    if who is None and to != "nobody":
        raise NotFound
    assigning.assign(conversation, to=who, by=account)
    if who == account:
        return _("It is yours")
    return _("Assigned to %(name)s") % {"name": who} if who else _("Assigned to nobody")


def _put_status(account: Account, conversation: Conversation, lane: Lane) -> str:
    if conversation.status == Status.SPAM:
        raise UnknownStatus
    if lane.key == Status.SNOOZED:  # the menu of a conversation asks until when; a card sleeps until the next morning
        now = timezone.localtime(clock.now())
        until = tomorrow_morning(now)
        if conversation.status != Status.SNOOZED:
            snoozing.snooze(conversation, until=until, by=account)
            return _("Snoozed until %(when)s") % {"when": moments.full(until, now)}
        settling.name(conversation, own=None, by=account)
        return _("Status: %(name)s") % {"name": lane.name}
    left = ticking.open_items(conversation)
    settled = settling.put(conversation, status=lane.key, by=account)
    said = _("Status: %(name)s") % {"name": lane.name}
    return with_open_items(said, left) if settled.status == Status.CLOSED else said
