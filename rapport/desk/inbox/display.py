"""How somebody sees one list: its order and columns, and the density of all."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from rapport.conversations import arranging
from rapport.conversations.columns import COLUMNS
from rapport.desk.answers import answered, is_part
from rapport.desk.entering import signed_in
from rapport.desk.inbox import chosen as choosing
from rapport.desk.inbox import panes


@require_http_methods(["GET", "HEAD", "POST"])
@answered
def display(request: HttpRequest) -> HttpResponseBase:
    """What the menu of a list shows; POST remembers it for this account alone."""
    account = signed_in(request)
    if request.method == "POST":
        chosen = choosing.choose(account, request.POST.get("view", ""))
        order = request.POST.get("order", "")
        if chosen.orders:
            arranging.sort(account, chosen.key, order="" if order == choosing.own_order(chosen) else order)
        arranging.show(account, chosen.key, columns=request.POST.getlist("column"))
        arranging.set_density(account, density=request.POST.get("density", ""))
        return HttpResponseRedirect(f"/inbox/?view={quote(chosen.key)}")
    chosen = choosing.choose(account, panes.view_of(request, account))
    context = {"chosen": chosen, "columns": COLUMNS.items(), "page_title": _("Order and columns")}
    template = "desk/inbox/_display.html" if is_part(request) else "desk/inbox/display.html"
    return render(request, template, context)
