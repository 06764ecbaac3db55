"""An organisation: its people, its domains, and the conversations the viewer may see."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rapport.conversations import access as conversations
from rapport.conversations import listing
from rapport.conversations.viewing import Cursor
from rapport.desk.answers import answered, done, is_part, number_of
from rapport.desk.entering import signed_in
from rapport.desk.inbox import panes
from rapport.desk.inbox.rows import shown
from rapport.people import access, browsing, organising
from rapport.people.rights import Right

PAGE = 20


@require_http_methods(["GET", "HEAD", "POST"])
@answered
def organisation(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Shows it; by POST another name and notes."""
    account = signed_in(request)
    if request.method == "POST":
        access.require(account, Right.EDIT_CUSTOMERS)
        changed = access.get_organisation(account, pk)
        if request.POST.get("name", "").strip() != changed.name:
            organising.rename(changed, name=request.POST.get("name", ""), by=account)
        organising.change_notes(changed, notes=request.POST.get("notes", ""), by=account)
        return done(request, f"/organisations/{pk}/", _("Saved."))
    found = access.get_organisation(account, pk)
    after = Cursor.read(request.GET.get("after", ""))
    visible = conversations.conversations_visible_to(account).filter(merged_into=None, organisation=found)
    page = listing.page_of(visible, account, after, PAGE)
    told = {"rows": shown(page.rows), "next_after": str(page.after) if page.after else "", "more_at": request.path}
    if is_part(request) and after:
        return render(request, "desk/customers/_conversation_rows.html", told)
    context = panes.frame(account, "") | {
        **told,
        "organisation": found,
        "domains": list(found.domains.order_by("domain")),
        "page": browsing.page(account, organisation=pk, before=number_of(request.GET.get("before"))),
        "may_edit": account.may(Right.EDIT_CUSTOMERS),
        "page_title": found.name,
        "section": "customers",
    }
    return render(request, "desk/customers/organisation.html", context)


@require_POST
@answered
def domains(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Mail from one more domain belongs to it; with `remove`, not any more."""
    account = signed_in(request)
    access.require(account, Right.EDIT_CUSTOMERS)
    found = access.get_organisation(account, pk)
    named = request.POST.get("domain", "")
    if "remove" in request.POST:
        for row in found.domains.filter(domain=named):
            organising.remove_domain(row, by=account)
        return done(request, f"/organisations/{pk}/", _("Removed."))
    organising.add_domain(found, domain=named, by=account)
    return done(request, f"/organisations/{pk}/", _("Added."))
