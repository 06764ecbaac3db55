"""What colleagues put on a customer: notes, the VIP mark, the block."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from rapport.desk.answers import answered, done
from rapport.desk.customers.contacts import editable
from rapport.people import access, blocking, profiling, remarking
from rapport.people.listing import customer_family


@require_POST
@answered
def notes(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One more note."""
    account, found = editable(request, pk)
    remarking.remark(found, words=request.POST.get("words", ""), by=account)
    return done(request, f"/customers/{pk}/#notes", _("Noted."))


@require_POST
@answered
def note_removal(request: HttpRequest, pk: int, row: int) -> HttpResponseBase:
    """Take a note away."""
    account, found = editable(request, pk)
    remarking.remove(access.get_note(account, found, row), by=account)
    return done(request, f"/customers/{pk}/#notes", _("Removed."))


@require_POST
@answered
def vip(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Set the mark; with `remove`, take it off."""
    account, found = editable(request, pk)
    profiling.set_vip(found, vip="remove" not in request.POST, by=account)
    return done(request, f"/customers/{pk}/", _("Saved."))


@require_POST
@answered
def block(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send what they write to the spam from now on; with `remove`, let it arrive again."""
    account, found = editable(request, pk)
    ids = customer_family(found)
    if "remove" in request.POST:
        blocking.unblock_customer(ids, by=account)
        return done(request, f"/customers/{pk}/", _("Not blocked any more. What was stopped lies in the spam."))
    count = blocking.block_customer(ids, reason=request.POST.get("reason", ""), by=account)
    said = ngettext("%(n)d address is blocked.", "%(n)d addresses are blocked.", count) % {"n": count}
    return done(request, f"/customers/{pk}/", said)
