"""The status page: what waits, what failed, what runs, and another try for what failed."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from rapport.desk.settings.pages import allowed
from rapport.desk.status import alarms, reading
from rapport.intake import reprocessing
from rapport.intake.models import RawMessage
from rapport.outbox import holding, retrying, wording
from rapport.people.errors import NotFound
from rapport.people.models import Account
from rapport.people.rights import Right
from rapport.reactions import running
from rapport.watching import listing as watching


@never_cache
@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """Supervisors see their teams' inboxes and deliveries; who may change the installation sees everything."""
    me = allowed(request, Right.STATUS)
    context = {
        "section": "status",
        "standing": alarms.standing_for(me),
        "connections": reading.connections(me),
        "arrivals": reading.arrivals(),
        "deliveries": reading.deliveries(),
        "reactions": reading.reactions(),
        "troubled": reading.troubled_deliveries(me),
        "delivery_answer": wording.in_words,
        "loops": reading.loops(),
        "scheduled": reading.scheduled(),
        "may_mend": me.may(Right.INSTALLATION),
    }
    if me.may(Right.INSTALLATION):
        context |= {"parked": reading.parked(), "dead": reading.dead_reactions()}
        context |= {"ended": alarms.ended_for(me), "telling": watching.last_telling()}
    return render(request, "desk/status/page.html", context)


@never_cache
@require_safe
def bar(request: HttpRequest) -> HttpResponse:
    """The bar alone: pages that stay open for hours ask for it every minute."""
    allowed(request, Right.STATUS)
    return render(request, "ui/_alarms.html")


@require_POST
def release(request: HttpRequest) -> HttpResponse:
    """Let a restored copy send and fetch; `send_waiting` says that the original never sent what waited."""
    doubtful = holding.release(by=_mender(request), send_waiting="send_waiting" in request.POST)
    if doubtful is None:
        messages.info(request, _("This installation is not on hold."))
    else:
        messages.success(request, _("Released: mail is sent and read again."))
    return HttpResponseRedirect(reverse("status"))


@require_POST
def delivery_retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Send one delivery again."""
    me = allowed(request, Right.STATUS)
    found = next((row for row in reading.troubled_deliveries(me) if row.pk == pk), None)
    if found is None:
        raise NotFound
    return _back(request, int(retrying.retry(found, by=me)))


@require_POST
def all_retries(request: HttpRequest) -> HttpResponse:
    """Send every deferred and failed delivery again; possibly sent ones stay for one decision each."""
    return _back(request, retrying.retry_all(by=_mender(request)))


@require_POST
def dead_retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Try one reaction again that was given up."""
    _mender(request)
    return _back(request, running.retry_dead([pk]))


@require_POST
def dead_retries(request: HttpRequest) -> HttpResponse:
    """Try every reaction again that was given up."""
    _mender(request)
    return _back(request, running.retry_dead())


@require_POST
def parked_retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Process one parked mail again."""
    _mender(request)
    found = RawMessage.objects.filter(pk=pk, state=RawMessage.State.PARKED).first()
    if found is None:
        raise NotFound
    reprocessing.reprocess(found)
    return _back(request, 1)


@require_POST
def parked_retries(request: HttpRequest) -> HttpResponse:
    """Process every parked mail again."""
    _mender(request)
    return _back(request, reprocessing.reprocess_parked())


def _mender(request: HttpRequest) -> Account:
    return allowed(request, Right.INSTALLATION)


def _back(request: HttpRequest, count: int) -> HttpResponse:
    if count:
        told = ngettext("%(n)d is tried again now.", "%(n)d are tried again now.", count) % {"n": count}
        messages.success(request, told)
    else:
        messages.info(request, _("There was nothing to try again."))
    return HttpResponseRedirect(reverse("status"))
