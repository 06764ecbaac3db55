"""The inbox page and its parts."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from rapport.conversations import access, arranging, boards, listing, looking
from rapport.conversations.errors import NotFound
from rapport.desk import early
from rapport.desk.answers import answered, number_of
from rapport.desk.entering import signed_in
from rapport.desk.inbox import chosen as choosing
from rapport.desk.inbox import counted, panes
from rapport.desk.inbox.chosen import Chosen
from rapport.desk.inbox.rows import shown
from rapport.desk.search import finding
from rapport.people.models import Account

# So often the list goes on looking by itself where little fits; then somebody has to wish it.
_BY_ITSELF = 20
early.at("/inbox/", lambda _request, account, _number: panes.expect(account))
early.at("/inbox/counts/", lambda _request, account, _number: listing.expect_counts(account))


@require_safe
@answered
def inbox(request: HttpRequest) -> HttpResponseBase:
    """One view with nothing open; who sees it as a board is sent there, unless `by` asks for the list."""
    account = signed_in(request)
    panes.expect(account)
    chosen = choosing.choose(account, panes.view_of(request, account))
    if not {"by", "after"} & set(request.GET) and chosen.layout in _ways(account, chosen):
        return HttpResponseRedirect(f"/inbox/board/?{urlencode({'view': chosen.key, 'by': chosen.layout})}")
    context = panes.frame(account, chosen.key, chosen.arrangement)
    page = choosing.page_of(account, chosen, request.GET.get("after", ""))
    context |= panes.list_context(chosen, page) | {"page_title": context["view_name"], "head": None}
    return render(request, "desk/inbox/page.html", context)


def _ways(account: Account, chosen: Chosen) -> list[boards.By]:
    return boards.ways(account, chosen.key, chosen.condition) if chosen.layout else []


@require_safe
@answered
def rows(request: HttpRequest) -> HttpResponseBase:
    """The next page of rows, for the end of the list."""
    account = signed_in(request)
    view, query, after = panes.view_of(request, account), request.GET.get("q", ""), request.GET.get("after", "")
    if query:
        chosen, page = choosing.found_by_search(account), finding.found(account, query, after)[0]
    else:
        chosen = choosing.choose(account, view)
        page = choosing.page_of(account, chosen, after)
    looks = min(number_of(request.GET.get("looks")) or 0, _BY_ITSELF) + 1
    context = panes.list_context(chosen, page, q=query) | {"view": view, "looks": looks}
    return render(request, "desk/inbox/_rows.html", context | {"goes_on": looks < _BY_ITSELF, "is_end": not page.after})


@require_safe
@answered
def row(request: HttpRequest, number: int) -> HttpResponseBase:
    """One row as this account sees it; with `view`, it says whether that saved view holds it."""
    account = signed_in(request)
    found = listing.rows(access.conversations_visible_to(account).filter(merged_into=None), account, [number])
    if not found:
        raise NotFound
    fits = ""
    view = request.GET.get("view", "")
    if choosing.number_of_saved(view) is not None and (condition := choosing.choose(account, view).condition):
        fits = "yes" if looking.fits(account, condition, [number]) else "no"
    return render(request, "desk/inbox/_row.html", {"row": shown(found)[0], "fits": fits})


@require_safe
@answered
def counts(request: HttpRequest) -> HttpResponseBase:
    """How many conversations each view holds, as JSON."""
    return JsonResponse(listing.counts(signed_in(request)))


@require_safe
@answered
def saved_counts(request: HttpRequest) -> HttpResponseBase:
    """How many the saved views of the rail hold, some at a time: `words` as short as "12" or "99+" by key, and `after`,
    the last of them, while more wait."""
    account = signed_in(request)
    words, after = counted.in_words(account, arranging.of(account).hidden, after=request.GET.get("after", ""))
    return JsonResponse({"words": words, "after": after})
