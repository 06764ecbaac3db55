"""One's own account: profile, security, sessions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rapport.desk.account.devices import describe
from rapport.desk.account.forms import ProfileForm
from rapport.desk.entering import signed_in
from rapport.desk.settings.teams.forms import to_html, to_lines
from rapport.people import changing
from rapport.people.models import Account


@dataclass(frozen=True, slots=True)
class Session:
    """One open session as its owner sees it."""

    id: int
    device: str
    ip: str
    since: datetime
    is_current: bool


@require_http_methods(["GET", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """Shows and changes one's own profile."""
    me = signed_in(request)
    form = ProfileForm(request.POST or None, initial=_present(me))
    if request.method == "POST" and form.is_valid():
        entered = form.cleaned_data
        signature, start = entered.pop("signature"), entered.pop("start_page")
        changing.change_profile(me, **entered)
        changing.change_start(me, start_page=start or me.start_page)
        if "signature" in form.changed_data:
            changing.change_signature(me, signature_html=to_html(signature))
        messages.success(request, _("Saved."))
        return HttpResponseRedirect(reverse("account"))
    context = {
        "section": "account",
        "form": form,
        "sessions": _sessions(request, me),
        "factors": _factors(me),
    }
    return render(request, "desk/account/page.html", context, status=400 if form.is_bound else 200)


@require_POST
def session_closure(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of one's own sessions; somebody else's id ends nothing."""
    me = signed_in(request)
    session = UserSession.objects.filter(user=me, pk=pk).first()
    if session is not None and not session.is_current():
        session.end()
        messages.success(request, _("That session has ended."))
    return HttpResponseRedirect(reverse("account"))


@require_POST
def other_sessions_closure(request: HttpRequest) -> HttpResponse:
    """End all of one's own sessions but this one."""
    for session in UserSession.objects.filter(user=signed_in(request)):
        if not session.is_current():
            session.end()
    messages.success(request, _("All your other sessions have ended."))
    return HttpResponseRedirect(reverse("account"))


def _present(me: Account) -> dict[str, object]:
    plain = {name: getattr(me, name) for name in ("name", "language", "time_zone", "start_page", "mail_notifications")}
    return {**plain, "signature": to_lines(me.signature_html)}


def _sessions(request: HttpRequest, me: Account) -> list[Session]:
    rows = sorted(UserSession.objects.purge_and_list(me), key=lambda row: row.created_at, reverse=True)
    return [Session(row.pk, describe(row.user_agent), row.ip, row.created_at, row.is_current()) for row in rows]


def _factors(me: Account) -> set[str]:
    return set(Authenticator.objects.filter(user=me).values_list("type", flat=True))
