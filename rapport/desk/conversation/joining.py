"""Merging and splitting shown before they are done: what comes together or apart, and whom the next reply reaches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from rapport.conversations import access, directory, joining, splitting
from rapport.conversations.errors import CannotMerge, CannotSplit
from rapport.conversations.models import Conversation
from rapport.desk.answers import answered, done, number_of
from rapport.desk.conversation import thread
from rapport.desk.conversation.forms import numbers
from rapport.desk.conversation.showing import ShownMessage, audience_words
from rapport.desk.entering import signed_in
from rapport.desk.inbox import panes
from rapport.desk.search import finding
from rapport.people.models import Account
from rapport.people.rights import Right

HEAD = 3
_STATUSES = dict(Conversation.Status.choices)


@dataclass(frozen=True, slots=True)
class Half:
    """One of the two conversations: its newest entries, newest last, and how many there are."""

    number: int
    subject: str
    who: str
    status: str
    channel: str
    tags: list[str]
    messages: list[ShownMessage]
    count: int


@require_safe
@answered
def merge_page(request: HttpRequest, number: int) -> HttpResponseBase:
    """Choose the conversation to merge this one into; with `into`, what would become of both."""
    account = signed_in(request)
    found = access.get_conversation(account, number)
    access.demand(account, Right.MANAGE)
    if found.merged_into_id is not None:
        return HttpResponseRedirect(f"/conversations/{found.merged_into_id}/")
    into = number_of(request.GET.get("into"))
    if into is not None:
        return _preview(request, account, found, access.get_conversation(account, into))
    words = request.GET.get("q", "")
    panes.expect(account)
    rows = finding.candidates(account, found, words)
    context = panes.frame(account, "") | {
        "conversation": found,
        "words": words,
        "rows": rows,
        "page_title": _("Merge #%(number)s into another conversation") % {"number": number},
    }
    return render(request, "desk/conversation/merge.html", context)


@require_http_methods(["GET", "POST"])
@answered
def split_page(request: HttpRequest, number: int) -> HttpResponseBase:
    """Choose messages that are about something else (`from`: that one and all after it); POST moves them."""
    account = signed_in(request)
    found = access.get_conversation(account, number)
    access.demand(account, Right.MANAGE)
    messages = joining.splittable(account, found)
    if request.method == "POST":
        chosen = [message for message in messages if message.pk in numbers(request.POST, "message")]
        if set(numbers(request.POST, "message")) - {message.pk for message in chosen} or not chosen:
            raise CannotSplit
        new = splitting.split(chosen, by=account)
        said = ngettext("%(n)d message moved to #%(number)s", "%(n)d messages moved to #%(number)s", len(chosen))
        return done(
            request, f"/conversations/{new.pk}/", said % {"n": len(chosen), "number": new.pk}, conversation=number
        )
    first = number_of(request.GET.get("from")) or 0
    context = panes.frame(account, "") | {
        "conversation": found,
        "movable": messages,
        "first": first,
        "page_title": _("Move messages of #%(number)s to a new conversation") % {"number": number},
    }
    return render(request, "desk/conversation/split.html", context)


def _preview(request: HttpRequest, account: Account, source: Conversation, target: Conversation) -> HttpResponseBase:
    plan = joining.plan(source, target)
    if plan.target.pk == source.pk:
        raise CannotMerge
    known = directory.read()
    context = panes.frame(account, "") | {
        "conversation": source,
        "target": plan.target,
        "halves": [_half(account, one, plan) for one in (source, plan.target)],
        "audience": audience_words([one.name or one.email for one in plan.audience]),
        "addresses": [one.email for one in plan.audience],
        "inbox": plan.target.inbox,
        "tags": plan.tags,
        "assignee": known.people.get(plan.target.assignee_id or 0, ""),
        "team": known.teams.get(plan.target.team_id or 0, ""),
        "status": str(_STATUSES[plan.status]),
        "two_customers": plan.two_customers,
        "page_title": _("Merge #%(source)s into #%(target)s?") % {"source": source.pk, "target": plan.target.pk},
    }
    return render(request, "desk/conversation/merge_preview.html", context)


def _half(account: Account, conversation: Conversation, plan: joining.Plan) -> Half:
    told = thread.read(account, plan.families[conversation.pk], directory.read())
    shown: list[Any] = [entry for entry in told.entries if not entry.is_event]
    return Half(
        number=conversation.pk,
        subject=conversation.subject,
        who=str(conversation.customer) if conversation.customer else "",
        status=str(_STATUSES[conversation.status]),
        channel=conversation.inbox.name if conversation.inbox else "",
        tags=plan.tags_of[conversation.pk],
        messages=shown[-HEAD:],
        count=conversation.message_count,
    )
