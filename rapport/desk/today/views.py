"""The start page, and where one starts."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from rapport.conversations import daily
from rapport.conversations.daily import Achieved
from rapport.desk.answers import answered, is_part
from rapport.desk.entering import signed_in
from rapport.desk.inbox import panes
from rapport.desk.today import sections
from rapport.people import setting_up
from rapport.people.models import Account
from rapport.people.rights import Right
from rapport.ui import moments


@require_safe
def home(request: HttpRequest) -> HttpResponseBase:
    """Where this person chose to start; for who sets Rapport up, the step that waits."""
    account = signed_in(request)
    if setting_up.progress() is not None and account.may(Right.INSTALLATION):
        return HttpResponseRedirect("/start/go-on/")
    return HttpResponseRedirect("/inbox/" if account.start_page == Account.Start.INBOX else "/today/")


@require_safe
@answered
def today(request: HttpRequest) -> HttpResponseBase:
    """What waits for one, and what was done."""
    account = signed_in(request)
    if is_part(request):
        return render(request, "desk/today/_sections.html", _context(account))
    # The frame first: it knows from which event on the page is to be kept fresh.
    frame = panes.frame(account, "")
    return render(request, "desk/today/page.html", frame | _context(account) | {"section": "today"})


def _context(account: Account) -> dict[str, Any]:
    return {
        "sections": sections.read(account),
        "done": _words(daily.achieved_since(account, sections.start_of_day())),
        "today": moments.whole(timezone.localdate()),
    }


def _words(done: Achieved) -> str:
    """What was achieved, in a sentence; empty while nothing was."""
    if not done.answered and not done.closed:
        return ""
    more = "+" if done.is_bounded else ""
    answered_words = ngettext("%(n)s conversation answered", "%(n)s conversations answered", done.answered)
    closed_words = ngettext("%(n)s closed", "%(n)s closed", done.closed)
    own = _("of these by you: %(answered)d answered, %(closed)d closed")
    facts = [answered_words % {"n": f"{done.answered}{more}"}, closed_words % {"n": f"{done.closed}{more}"}]
    facts.append(own % {"answered": done.own_answered, "closed": done.own_closed})
    return " · ".join(facts)
