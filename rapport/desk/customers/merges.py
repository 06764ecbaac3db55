"""Two customers made one: looked at side by side first, and undone as easily."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rapport.conversations import access as conversations
from rapport.desk.answers import answered, done, number_of
from rapport.desk.customers.contacts import editable
from rapport.desk.entering import signed_in
from rapport.desk.inbox import panes
from rapport.people import access, browsing, comparing, merging
from rapport.people.listing import customer_family
from rapport.people.models import Account, Customer
from rapport.people.recognising import living
from rapport.people.rights import Right

_COUNTED = 1000


@require_http_methods(["GET", "HEAD", "POST"])
@answered
def merge(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Choose whom to merge this customer into, look at both, and do it."""
    account, found = editable(request, pk)
    if request.method == "POST":
        into = access.get_customer(account, number_of(request.POST.get("into")) or 0)
        taken = frozenset(request.POST.getlist("taken"))
        kept = merging.merge(found, into=into, by=account, taken=taken)
        return done(request, f"/customers/{kept.pk}/", _("Merged. It can be undone on this page."))
    if found.pk != pk:
        return HttpResponseRedirect(f"/customers/{found.pk}/merge/")
    context = panes.frame(account, "") | {
        "customer": found,
        "section": "customers",
        "page_title": _("Merge %(name)s with another customer") % {"name": found},
        **(_both(request, account, found) if request.GET.get("into") else _candidates(request, account, found)),
    }
    return render(request, "desk/customers/merge.html", context)


@require_POST
@answered
def undo_merge(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Let a merged customer stand for itself again."""
    account = signed_in(request)
    access.require(account, Right.EDIT_CUSTOMERS)
    merging.undo_merge(access.get_customer(account, pk), by=account)
    return done(request, f"/customers/{pk}/", _("Both stand for themselves again."))


def _candidates(request: HttpRequest, account: Account, found: Customer) -> dict[str, Any]:
    words = request.GET.get("q", "")[:200]
    page = browsing.search(account, words=words)
    return {
        "words": words,
        "candidates": [one for one in page.entries if one.pk != found.pk],
        "doubles": comparing.doubles(found),
    }


def _both(request: HttpRequest, account: Account, found: Customer) -> dict[str, Any]:
    into = living(access.get_customer(account, number_of(request.GET.get("into")) or 0))
    visible = conversations.conversations_visible_to(account).filter(merged_into=None)
    return {
        "into": into,
        "same": into.pk == found.pk,
        "differences": comparing.differences(found, into),
        "sides": [
            (one, comparing.belongings(one), visible.filter(customer_id__in=customer_family(one))[:_COUNTED].count())
            for one in (found, into)
        ],
    }
