"""A card of the company's own system, asked while the page is already there."""

from __future__ import annotations

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template import loader
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.views.decorators.http import require_safe

from rapport.desk.answers import answered
from rapport.desk.entering import signed_in
from rapport.kit.secrets import SecretUnreadable
from rapport.people import access, carding
from rapport.people.carding import Answer, Question
from rapport.people.listing import addresses, customer_family
from rapport.people.models import Card, Customer, CustomerPhone
from rapport.people.recognising import living
from rapport.ui.handoff import AskedHandOff

_TROUBLES = {
    "time": noop("It did not answer in time."),
    "reach": noop("It could not be reached."),
    "status": noop("It answered with an error (%(status)s)."),
    "card": noop("Its answer is no card."),
    "secret": noop("Its secret cannot be read. An administrator can enter it anew."),
}


@require_safe
@answered
def card(request: HttpRequest, pk: int, card: int) -> HttpResponseBase:
    """What the endpoint tells of this customer. The page thread never waits for it."""
    account = signed_in(request)
    found = living(access.get_customer(account, pk))
    asked_card = access.get_card(account, card)
    if request.method == "HEAD":
        return HttpResponse()
    address = f"/customers/{found.pk}/cards/{asked_card.pk}/"
    return told(asked_card, found, address, anew="again" in request.GET)


def told(card: Card, customer: Customer, address: str, *, anew: bool) -> HttpResponseBase:
    """What it tells of a living customer that the viewer may see. `address`: where to ask again, or empty; `anew`: what
    was answered a moment ago counts for nothing."""
    try:
        question = _question(card, customer)
    except SecretUnreadable:
        return HttpResponse(_written(Answer(trouble="secret"), address, translation.get_language()))
    answer = None if anew else carding.kept(question)
    if answer is not None:
        return HttpResponse(_written(answer, address, translation.get_language()))
    return AskedHandOff(partial(_ask, question, address, translation.get_language()))


def _question(card: Card, customer: Customer) -> Question:
    ids = customer_family(customer)
    emails = [row.email for row in addresses(ids)]
    phones = CustomerPhone.objects.filter(customer_id__in=ids).order_by("pk").values_list("number", flat=True)
    return carding.question(card, customer, emails=emails, phones=list(phones))


def _ask(question: Question, address: str, language: str | None) -> bytes:
    """Runs beside the page thread, so it brings its language along."""
    return _written(carding.ask(question), address, language)


def _written(answer: Answer, address: str, language: str | None) -> bytes:
    with translation.override(language):
        trouble = _(_TROUBLES[answer.trouble]) % {"status": answer.status} if answer.trouble else ""
        context = {"content": answer.content, "trouble": trouble, "address": address}
        return loader.get_template("desk/customers/_card.html").render(context).encode()
