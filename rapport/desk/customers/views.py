"""The page of one customer."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from rapport.conversations import access as conversations
from rapport.conversations import listing
from rapport.desk.answers import answered, done, number_of
from rapport.desk.conversation import side
from rapport.desk.entering import signed_in
from rapport.desk.inbox import panes
from rapport.desk.inbox.rows import shown
from rapport.people import access, merging
from rapport.people.listing import addresses, customer_family
from rapport.people.recognising import living
from rapport.people.rights import Right


@require_safe
@answered
def customer(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Who they are, what they bought, and their conversations that the account may see."""
    account = signed_in(request)
    found = access.get_customer(account, pk)
    if living(found).pk != found.pk:
        return HttpResponseRedirect(f"/customers/{living(found).pk}/")
    visible = conversations.conversations_visible_to(account).filter(merged_into=None)
    ids = customer_family(found)
    page = listing.page_of(visible.filter(customer_id__in=ids), account, None)
    context = panes.frame(account, "") | {
        "customer": found,
        "side": side.of_customer(account, found, ids, addresses(ids), without=[]),
        "rows": shown(page.rows),
        "may_edit": account.may(Right.EDIT_CUSTOMERS),
        "may_write": account.may(Right.REPLY),
        "merged": list(found.merged.order_by("pk")),
        "page_title": str(found),
        "section": "customers",
    }
    return render(request, "desk/customers/page.html", context)


@require_POST
@answered
def merge(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Let another customer, named by number, stand for this one."""
    account = signed_in(request)
    access.require(account, Right.EDIT_CUSTOMERS)
    found = access.get_customer(account, pk)
    into = access.get_customer(account, number_of(request.POST.get("into")) or 0)
    kept = merging.merge(found, into=into, by=account)
    return done(request, f"/customers/{kept.pk}/")


@require_POST
@answered
def undo_merge(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Let a merged customer stand for itself again."""
    account = signed_in(request)
    access.require(account, Right.EDIT_CUSTOMERS)
    merging.undo_merge(access.get_customer(account, pk), by=account)
    return done(request, f"/customers/{pk}/")
