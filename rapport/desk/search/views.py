"""The search page: the same list, found by words and filters."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from rapport.desk.answers import answered
from rapport.desk.entering import signed_in
from rapport.desk.inbox import panes
from rapport.desk.inbox.chosen import found_by_search
from rapport.desk.search import finding


@require_safe
@answered
def search(request: HttpRequest) -> HttpResponseBase:
    """What matches `q`; without words the inbox."""
    account = signed_in(request)
    query = request.GET.get("q", "").strip()
    if not query:
        return HttpResponseRedirect("/inbox/")
    panes.expect(account)
    page, problem = finding.found(account, query, request.GET.get("after", ""))
    chosen = found_by_search(account)
    context = panes.frame(account, "", chosen.arrangement) | panes.list_context(chosen, page, q=query)
    context |= {"view": "", "view_name": _("Found"), "query_error": problem, "head": None}
    context["page_title"] = _("Search: %s") % query
    return render(request, "desk/inbox/page.html", context)
