"""Customer cards are set up here."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rapport.desk.answers import answered, number_of
from rapport.desk.customers import cards as cards_of_customers
from rapport.desk.settings.cards.forms import CardForm
from rapport.desk.settings.pages import allowed, show
from rapport.people import access, carding
from rapport.people.errors import PeopleRefusal
from rapport.people.models import Account, Card, Customer
from rapport.people.recognising import address_key, living
from rapport.people.rights import Right


@require_http_methods(["GET", "POST"])
def cards(request: HttpRequest) -> HttpResponse:
    """All of them, and a form for a new one; its secret is shown once."""
    me = allowed(request, Right.INSTALLATION)
    form = CardForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made, secret = carding.create(form.described(), by=me)
        except PeopleRefusal as refusal:
            form.add_error(None, str(refusal))
        else:
            response = show(request, "cards/secret.html", tab="cards", context={"card": made, "secret": secret})
            response["Cache-Control"] = "no-store"
            return response
    context = {"form": form, "cards": Card.objects.order_by("position", "pk")}
    return show(request, "cards/page.html", tab="cards", context=context, status=400 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def card(request: HttpRequest, pk: int) -> HttpResponse:
    """One card."""
    me = allowed(request, Right.INSTALLATION)
    found = get_object_or_404(Card, pk=pk)
    form = CardForm(request.POST or None, card=found)
    if request.method == "POST" and form.is_valid():
        try:
            carding.change(found, form.described(), by=me)
        except PeopleRefusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(reverse("settings_cards"))
    context = {"form": form, "card": found}
    return show(request, "cards/card.html", tab="cards", context=context, status=400 if form.is_bound else 200)


@require_POST
@answered
def trial(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What the endpoint tells of a customer who is named by address or number: asked now, kept for nobody."""
    me = allowed(request, Right.INSTALLATION)
    found = get_object_or_404(Card, pk=pk)
    customer = _named(me, request.POST.get("customer", ""))
    if customer is None:
        said = _("Nobody is known by this address or number.")
        return render(request, "desk/customers/_card.html", {"trouble": said, "address": "", "content": None})
    return cards_of_customers.told(found, customer, "", anew=True)


@require_POST
def removal(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask there no more."""
    me = allowed(request, Right.INSTALLATION)
    carding.remove(get_object_or_404(Card, pk=pk), by=me)
    messages.success(request, _("Removed."))
    return HttpResponseRedirect(reverse("settings_cards"))


def _named(account: Account, written: str) -> Customer | None:
    """The living customer with this mail address or number, as far as the account may see customers."""
    line = written.strip().removeprefix("#")
    number = number_of(line)
    seen = access.customers_visible_to(account)
    found = seen.filter(pk=number).first() if number else seen.filter(addresses__email=address_key(line)).first()
    return living(found) if found else None
