"""The list of one's own replies that have not left yet."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from rapport.conversations import postponing
from rapport.conversations.postponing import MOST_LISTED
from rapport.desk.answers import answered
from rapport.desk.entering import signed_in
from rapport.desk.inbox import panes


@require_safe
@answered
def later(request: HttpRequest) -> HttpResponseBase:
    """What waits, next one first; each can be sent now, at another time, or taken back to be changed."""
    me = signed_in(request)
    context = panes.frame(me, "") | {
        "page_title": _("Waiting to go out"),
        "waiting": postponing.waiting_of(me),
        "most": MOST_LISTED,
    }
    return render(request, "desk/later/page.html", context)
