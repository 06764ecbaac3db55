"""Conversations linked with one: shown, added by number or search, taken off; and a problem's incidents told at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from rapport.conversations import access, linking, neighbours, replying
from rapport.conversations.drafting import ReplyContent
from rapport.conversations.errors import ConversationRefusal, NothingToSay, TooLong
from rapport.conversations.models import Conversation
from rapport.conversations.surroundings import Surroundings
from rapport.desk.answers import answered, done, number_of
from rapport.desk.conversation.forms import html_of, numbers
from rapport.desk.entering import signed_in
from rapport.desk.inbox import panes
from rapport.desk.repeating import once
from rapport.desk.search import finding
from rapport.people.models import Account
from rapport.people.rights import Right

MOST_TEXT = 100_000
_STATUSES = dict(Conversation.Status.choices)
_ROLES = {
    "related": noop("Related"),
    "problem": noop("The problem behind it"),
    "incident": noop("An incident of it"),
    "parent": noop("Part of"),
    "child": noop("Has as a part"),
}


@dataclass(frozen=True, slots=True)
class ShownLink:
    """One line of the panel; without a number a conversation that the viewer may not see."""

    pk: int
    role: str
    word: str
    number: int | None
    subject: str
    status: str
    status_name: str


def shown(account: Account, around: Surroundings) -> list[ShownLink]:
    """What the conversation is linked with, with the status of each that the viewer may see."""
    if not around.has_links:
        return []
    return [
        ShownLink(
            one.link,
            one.role,
            _(_ROLES[one.role]),
            one.number,
            one.subject,
            one.status,
            str(_STATUSES.get(one.status, "")),
        )
        for one in neighbours.linked(account, around.family)
    ]


def left_open(problem: Conversation, links: Sequence[ShownLink]) -> list[ShownLink]:
    """A closed problem's incidents that are still open, of those the viewer sees."""
    if problem.status != Conversation.Status.CLOSED:
        return []
    away = (Conversation.Status.CLOSED, Conversation.Status.SPAM)
    return [one for one in links if one.role == "incident" and one.number and one.status not in away]


@require_http_methods(["GET", "POST"])
@answered
def links(request: HttpRequest, number: int) -> HttpResponseBase:
    """GET: find what to link it with; POST: `to` becomes its `role`."""
    account = signed_in(request)
    found = access.get_conversation(account, number)
    access.demand(account, Right.MANAGE)
    if request.method == "POST":
        to = access.get_conversation(account, number_of(request.POST.get("to")) or 0)
        linking.link(found, to=to, role=request.POST.get("role", ""), by=account)
        return done(request, f"/conversations/{number}/", _("Linked with #%s") % to.pk, conversation=number)
    words = request.GET.get("q", "")
    context = panes.frame(account, "") | {
        "conversation": found,
        "words": words,
        "rows": finding.candidates(account, found, words),
        "roles": [(role, _(word)) for role, word in _ROLES.items()],
        "page_title": _("Link #%s with another conversation") % number,
    }
    return render(request, "desk/conversation/link.html", context)


@require_POST
@answered
def removal(request: HttpRequest, number: int, pk: int) -> HttpResponseBase:
    """Take a link off."""
    account = signed_in(request)
    linking.unlink(access.get_conversation(account, number), pk, by=account)
    return done(request, f"/conversations/{number}/", _("Link taken off"), conversation=number)


@require_http_methods(["GET", "POST"])
@answered
@once
def incidents(request: HttpRequest, number: int) -> HttpResponseBase:
    """Tell the customers of a problem's open incidents the same; each reply is held and can be taken back there."""
    account = signed_in(request)
    problem = access.get_conversation(account, number)
    access.demand(account, Right.REPLY)
    found = neighbours.open_incidents(account, [problem.pk])
    refusal = ""
    if request.method == "POST":
        try:
            chosen = set(numbers(request.POST, "number"))
            told = [
                access.get_conversation(account, one.number) for one in found if one.number in chosen and one.number
            ]
            _tell(told, account, request)
        except ConversationRefusal as refused:
            refusal = str(refused)
        else:
            said = ngettext("Sending to %(n)d customer …", "Sending to %(n)d customers …", len(told)) % {"n": len(told)}
            return done(request, f"/conversations/{number}/", said, conversation=number)
    context = panes.frame(account, "") | {
        "conversation": problem,
        "incidents": found,
        "seen": access.newest_message(account, [one.number for one in found if one.number]),
        "body": request.POST.get("body", ""),
        "refusal": refusal,
        "page_title": _("Tell the customers of #%s") % number,
    }
    return render(request, "desk/conversation/incidents.html", context, status=400 if refusal else 200)


def _tell(chosen: Sequence[Conversation], account: Account, request: HttpRequest) -> None:
    """One reply in each, all or none. Raises what `replying.reply` raises."""
    body, seen = request.POST.get("body", ""), number_of(request.POST.get("seen")) or 0
    if len(body) > MOST_TEXT:
        raise TooLong(len(body), MOST_TEXT)
    then = Conversation.Status.CLOSED if request.POST.get("then") == "closed" else ""
    if not chosen:
        raise NothingToSay
    with transaction.atomic():
        for conversation in chosen:
            content = ReplyContent(html=html_of(body), seen_message_id=seen)
            replying.reply(conversation, by=account, content=content, then=then)
