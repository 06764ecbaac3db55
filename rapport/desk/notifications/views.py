"""The bell's panel and page, its count, and marking as read."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rapport.desk import early
from rapport.desk.answers import answered, done, number_of
from rapport.desk.entering import signed_in
from rapport.desk.live import reading
from rapport.desk.notifications import lines
from rapport.notifications import listing, seeing
from rapport.people.models import Account

IN_PANEL = 40
early.at("/notifications/count/", lambda _request, account, _number: listing.expect_unread_count(account))


@require_safe
@answered
def notifications(request: HttpRequest) -> HttpResponseBase:
    """Everything the bell has told, page by page."""
    account = signed_in(request)
    live_since = reading.newest_id()
    before = number_of(request.GET.get("before")) or 0
    context = _context(account, before=before, most=listing.PAGE)
    return render(request, "desk/notifications/page.html", context | {"live_since": live_since, "section": "bell"})


@require_safe
@answered
def panel(request: HttpRequest) -> HttpResponseBase:
    """The newest of it, for the sheet under the bell."""
    return render(request, "desk/notifications/_panel.html", _context(signed_in(request), before=0, most=IN_PANEL))


@require_safe
@answered
def count(request: HttpRequest) -> HttpResponseBase:
    """What stands on the bell now, as JSON."""
    number, words = lines.count_words(listing.unread_count(signed_in(request)))
    return JsonResponse({"number": number, "words": words})


@require_POST
@answered
def seen(request: HttpRequest) -> HttpResponseBase:
    """`number`s of conversations whose news was seen; without any, everything up to the id `up_to`."""
    account = signed_in(request)
    numbers = [number for each in request.POST.getlist("number") if (number := number_of(each))]
    if numbers:
        seeing.mark_conversations(account, numbers)
    else:
        seeing.mark_all(account, up_to=number_of(request.POST.get("up_to")) or 0)
    return done(request, "/notifications/", _("Marked as read") if not numbers else "", bell=True)


def _context(account: Account, *, before: int, most: int) -> dict[str, Any]:
    newest = listing.newest_id(account)
    rung, after = listing.newest(account, before=before, most=most)
    shown = lines.shown(rung)
    return {
        "lines": shown,
        "next_before": after,
        "newest": newest,
        "any_unread": any(line.unread for line in shown),
    }
