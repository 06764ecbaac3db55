"""The browsers in which one is told by push: turned on here, tried, removed."""

from __future__ import annotations

from typing import Any

from allauth.usersessions.models import UserSession
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rapport.desk.account.devices import describe
from rapport.desk.answers import answered, done
from rapport.desk.entering import signed_in
from rapport.notifications import failures, identifying, subscribing
from rapport.notifications.subscribing import Subscription
from rapport.people.models import Account


@require_POST
@answered
def key(request: HttpRequest) -> HttpResponse:
    """What a browser needs before it can subscribe. The pair is made when somebody asks for the first time."""
    signed_in(request)
    return JsonResponse({"key": identifying.public_key()})


@require_POST
@answered
def devices(request: HttpRequest) -> HttpResponse:
    """Tell one in this browser from now on."""
    me = signed_in(request)
    given = Subscription(request.POST.get("endpoint", ""), request.POST.get("p256dh", ""), request.POST.get("auth", ""))
    name = describe(request.headers.get("User-Agent", ""))
    subscribing.subscribe(me, subscription=given, name=name, session=_session(request))
    return done(request, _back(), _("You are told in this browser from now on."))


@require_POST
@answered
def device_removal(request: HttpRequest, pk: int) -> HttpResponse:
    """Tell one there no more."""
    subscribing.unsubscribe(signed_in(request), pk)
    return done(request, _back(), _("You are told there no more."))


@require_POST
@answered
def device_trial(request: HttpRequest, pk: int) -> HttpResponse:
    """Show something there, to see whether it arrives."""
    device = subscribing.try_out(signed_in(request), pk)
    return done(
        request, _back(), _("On its way to %(device)s. It should be there in a moment.") % {"device": device.name}
    )


def context(request: HttpRequest, me: Account) -> dict[str, Any]:
    """What the list of browsers shows."""
    mine = UserSession.objects.filter(session_key=request.session.session_key, user=me)
    this_session = mine.values_list("pk", flat=True).first() or 0
    return {
        "devices": subscribing.devices_of(me),
        "this_session": this_session,
        "push_failure": failures.in_words,
    }


def _session(request: HttpRequest) -> UserSession:
    """The row of the session that this request belongs to."""
    UserSession.objects.create_from_request(request)
    return UserSession.objects.get(session_key=request.session.session_key)


def _back() -> str:
    return reverse("account_notifications") + "#devices"
