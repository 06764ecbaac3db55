"""Mail addresses and phone numbers of a customer: added, removed, put first."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rapport.desk.answers import answered, done
from rapport.desk.entering import signed_in
from rapport.people import access, addressing
from rapport.people.models import Account, Customer
from rapport.people.recognising import living
from rapport.people.rights import Right


@require_POST
@answered
def addresses(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One more address."""
    account, found = editable(request, pk)
    addressing.add_address(found, email=request.POST.get("email", ""), by=account)
    return done(request, f"/customers/{pk}/#contact", _("Added."))


@require_POST
@answered
def first_address(request: HttpRequest, pk: int, row: int) -> HttpResponseBase:
    """Write to this one first."""
    account, found = editable(request, pk)
    addressing.make_primary(access.get_address(account, found, row), by=account)
    return done(request, f"/customers/{pk}/#contact", _("Written to first from now on."))


@require_POST
@answered
def address_removal(request: HttpRequest, pk: int, row: int) -> HttpResponseBase:
    """Not theirs any more."""
    account, found = editable(request, pk)
    addressing.remove_address(access.get_address(account, found, row), by=account)
    return done(request, f"/customers/{pk}/#contact", _("Removed. What came from it stays where it is."))


@require_POST
@answered
def phones(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One more number."""
    account, found = editable(request, pk)
    addressing.add_phone(found, number=request.POST.get("number", ""), by=account)
    return done(request, f"/customers/{pk}/#contact", _("Added."))


@require_POST
@answered
def first_phone(request: HttpRequest, pk: int, row: int) -> HttpResponseBase:
    """Call this one first."""
    account, found = editable(request, pk)
    addressing.make_primary_phone(access.get_phone(account, found, row), by=account)
    return done(request, f"/customers/{pk}/#contact", _("Called first from now on."))


@require_POST
@answered
def phone_removal(request: HttpRequest, pk: int, row: int) -> HttpResponseBase:
    """Not theirs any more."""
    account, found = editable(request, pk)
    addressing.remove_phone(access.get_phone(account, found, row), by=account)
    return done(request, f"/customers/{pk}/#contact", _("Removed."))


def editable(request: HttpRequest, pk: int) -> tuple[Account, Customer]:
    """The account, if it may change customers, and the living customer. Raises NotAllowed, NotFound."""
    account = signed_in(request)
    access.require(account, Right.EDIT_CUSTOMERS)
    return account, living(access.get_customer(account, pk))
