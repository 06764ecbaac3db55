"""The inbox page and its parts."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from rapport.conversations import access, assigning, closing, listing, spamming
from rapport.conversations.errors import NotFound
from rapport.conversations.models import Conversation
from rapport.desk.answers import answered, done, number_of
from rapport.desk.entering import signed_in
from rapport.desk.inbox import panes
from rapport.desk.inbox.rows import shown
from rapport.desk.search import finding
from rapport.people.models import Account

MOST_AT_ONCE = 200


@require_safe
def home(request: HttpRequest) -> HttpResponseBase:
    """The start page is the inbox."""
    return HttpResponseRedirect("/inbox/")


@require_safe
@answered
def inbox(request: HttpRequest) -> HttpResponseBase:
    """One view with nothing open."""
    account = signed_in(request)
    view = panes.view_of(request, account)
    context = panes.frame(account, view)
    page = panes.page_of_view(account, view, request.GET.get("after", ""))
    context |= panes.list_context(view, page) | {"page_title": context["view_name"], "head": None}
    return render(request, "desk/inbox/page.html", context)


@require_safe
@answered
def rows(request: HttpRequest) -> HttpResponseBase:
    """The next page of rows, for the end of the list."""
    account = signed_in(request)
    view, query, after = panes.view_of(request, account), request.GET.get("q", ""), request.GET.get("after", "")
    page = finding.found(account, query, after)[0] if query else panes.page_of_view(account, view, after)
    return render(request, "desk/inbox/_rows.html", panes.list_context(view, page, q=query) | {"view": view})


@require_safe
@answered
def row(request: HttpRequest, number: int) -> HttpResponseBase:
    """One row as this account sees it."""
    account = signed_in(request)
    found = listing.rows(access.conversations_visible_to(account).filter(merged_into=None), account, [number])
    if not found:
        raise NotFound
    return render(request, "desk/inbox/_row.html", {"row": shown(found)[0]})


@require_safe
@answered
def counts(request: HttpRequest) -> HttpResponseBase:
    """How many conversations each view holds, as JSON."""
    return JsonResponse(listing.counts(signed_in(request)))


@require_POST
@answered
def bulk(request: HttpRequest) -> HttpResponseBase:
    """One act on several conversations: close, mine, spam, not_spam."""
    account = signed_in(request)
    numbers = [number for value in request.POST.getlist("number")[:MOST_AT_ONCE] if (number := number_of(value))]
    chosen = list(access.conversations_visible_to(account).filter(pk__in=numbers, merged_into=None))
    if not chosen or len(chosen) != len(set(numbers)):
        raise NotFound
    act = request.POST.get("act", "")
    if act not in _ACTS:
        return HttpResponse(status=400)
    said = _ACTS[act](chosen, account) % {"n": len(chosen)}
    back = f"/inbox/?view={request.POST.get('view', '')}"
    return done(request, back, said, numbers=[conversation.pk for conversation in chosen])


def _close(chosen: list[Conversation], account: Account) -> str:
    for conversation in chosen:
        closing.close(conversation, by=account)
    return ngettext("%(n)d conversation closed", "%(n)d conversations closed", len(chosen))


def _take(chosen: list[Conversation], account: Account) -> str:
    for conversation in chosen:
        assigning.assign(conversation, to=account, by=account)
    return ngettext("%(n)d conversation is yours", "%(n)d conversations are yours", len(chosen))


def _spam(chosen: list[Conversation], account: Account) -> str:
    spamming.mark_all_spam(chosen, by=account)
    return _("Moved to spam: %(n)d")


def _not_spam(chosen: list[Conversation], account: Account) -> str:
    spamming.none_spam(chosen, by=account)
    return _("Brought back from spam: %(n)d")


_ACTS = {"close": _close, "mine": _take, "spam": _spam, "not_spam": _not_spam}
