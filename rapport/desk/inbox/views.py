"""The inbox page and its parts."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from rapport.conversations import access, listing
from rapport.conversations.errors import NotFound
from rapport.desk.answers import answered
from rapport.desk.entering import signed_in
from rapport.desk.inbox import panes
from rapport.desk.inbox.rows import shown
from rapport.desk.search import finding


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
