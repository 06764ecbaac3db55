"""The home of the settings: every page in its group, and a search over all of them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from rapport.desk.entering import signed_in
from rapport.desk.settings import searching
from rapport.desk.settings.pages import pages_of, show, shown_pages_of


@require_safe
def settings(request: HttpRequest) -> HttpResponse:
    """All pages this account may open; with `q` what the search finds, for htmx alone."""
    query = request.GET.get("q", "")[:100]
    me = signed_in(request)
    shown = shown_pages_of(me)
    hidden = [page for page in pages_of(me) if page not in shown]
    context = {"settings_query": query, "found": searching.find(me, query), "hidden": hidden}
    if "HX-Request" in request.headers:
        return render(request, "desk/settings/_found.html", context)
    return show(request, "home.html", tab="", context=context)
