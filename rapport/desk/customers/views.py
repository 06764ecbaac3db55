"""The list of customers, and the page of one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from rapport.conversations import access as conversations
from rapport.conversations import listing
from rapport.conversations.viewing import Cursor
from rapport.desk.answers import answered, is_part, number_of
from rapport.desk.conversation import side
from rapport.desk.entering import signed_in
from rapport.desk.inbox import panes
from rapport.desk.inbox.rows import shown
from rapport.people import access, addressing, browsing, comparing, portraying, profiling
from rapport.people.listing import addresses, customer_family
from rapport.people.models import Account, Customer
from rapport.people.recognising import living
from rapport.people.rights import Right

PAGE = 20
ORDERS = 50
NOTES = 200


@require_http_methods(["GET", "HEAD", "POST"])
@answered
def customers(request: HttpRequest) -> HttpResponseBase:
    """Everybody who ever wrote, newest first, or whom the words find; by POST a new one, entered by hand."""
    account = signed_in(request)
    access.require(account, Right.READ_MESSAGES)
    if request.method == "POST":
        return _enter(request, account)
    words, before = request.GET.get("q", "")[:200], number_of(request.GET.get("before"))
    page = browsing.search(account, words=words, before=before) if words else browsing.page(account, before=before)
    context = {"page": page, "words": words, "may_edit": account.may(Right.EDIT_CUSTOMERS)}
    if is_part(request) and before:
        return render(request, "desk/customers/_rows.html", context)
    context |= panes.frame(account, "") | {"page_title": _("Customers"), "section": "customers"}
    return render(request, "desk/customers/list.html", context)


@require_safe
@answered
def customer(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Who they are, what they bought, and their conversations that the account may see."""
    account = signed_in(request)
    found = access.get_customer(account, pk)
    if living(found).pk != found.pk:
        return HttpResponseRedirect(f"/customers/{living(found).pk}/")
    ids = customer_family(found)
    after = Cursor.read(request.GET.get("after", ""))
    visible = conversations.conversations_visible_to(account).filter(merged_into=None, customer_id__in=ids)
    page = listing.page_of(visible, account, after, PAGE)
    told = {"customer": found, "rows": shown(page.rows), "next_after": str(page.after) if page.after else ""}
    told["more_at"] = request.path
    if is_part(request) and after:
        return render(request, "desk/customers/_conversation_rows.html", told)
    context = panes.frame(account, "") | told | _portrait(account, found, ids)
    return render(request, "desk/customers/page.html", context)


def _portrait(account: Account, found: Customer, ids: list[int]) -> dict[str, Any]:
    rows = addresses(ids)
    emails = [row.email for row in rows]
    panel = side.portrait_of(found, ids, emails, most_notes=NOTES)
    return {
        "side": panel,
        "orders": side.orders_of(ids, ORDERS),
        "address_rows": rows,
        "phone_rows": portraying.read(ids, []).phones,
        "may_edit": account.may(Right.EDIT_CUSTOMERS),
        "may_write": account.may(Right.REPLY),
        "may_remove": account.may(Right.INSTALLATION),
        "me": account,
        "merged": comparing.merged_into(found),
        "doubles": comparing.doubles(found) if account.may(Right.EDIT_CUSTOMERS) else [],
        "page_title": panel.name,
        "section": "customers",
    }


def _enter(request: HttpRequest, account: Account) -> HttpResponseBase:
    access.require(account, Right.EDIT_CUSTOMERS)
    email, phone = request.POST.get("email", "").strip(), request.POST.get("phone", "").strip()
    known = addressing.holder_of(email) if email else None
    if known is not None:
        messages.info(request, _("This address was known already: here is whose it is."))
        return HttpResponseRedirect(f"/customers/{known.pk}/")
    made = profiling.create(name=request.POST.get("name", ""), by=account)
    if email:
        addressing.add_address(made, email=email, by=account)
    if phone:
        addressing.add_phone(made, number=phone, by=account)
    messages.success(request, _("Entered."))
    return HttpResponseRedirect(f"/customers/{made.pk}/")
