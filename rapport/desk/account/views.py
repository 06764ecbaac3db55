"""One's own account: profile, security, sessions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rapport.desk.account.devices import describe
from rapport.desk.account.forms import ProfileForm, WritingForm
from rapport.desk.entering import signed_in
from rapport.desk.settings.teams.forms import to_html, to_lines
from rapport.notifications import subscribing
from rapport.notifications.models import Device
from rapport.people import changing, preferring
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
        translation.activate(me.language)  # what is said from here on is read in it
        changing.change_start(me, start_page=start or me.start_page)
        if "signature" in form.changed_data:
            changing.change_signature(me, signature_html=to_html(signature))
        messages.success(request, _("Saved."))
        return HttpResponseRedirect(reverse("account"))
    status = 400 if form.is_bound else 200
    return render(request, "desk/account/page.html", _context(request, me, form=form), status=status)


@require_POST
def writing(request: HttpRequest) -> HttpResponse:
    """Keep how one likes to write."""
    me = signed_in(request)
    form = _writing_form(me, request.POST)
    if not form.is_valid():
        return render(request, "desk/account/page.html", _context(request, me, writing_form=form), status=400)
    preferring.prefer(me, undo=form.cleaned_data["undo_seconds"], single_keys=form.cleaned_data["single_keys"])
    messages.success(request, _("Saved."))
    return HttpResponseRedirect(f"{reverse('account')}#writing")


@require_POST
def session_closure(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of one's own sessions; somebody else's id ends nothing."""
    me = signed_in(request)
    session = UserSession.objects.filter(user=me, pk=pk).first()
    if session is not None and not session.is_current():
        _end(session)
        messages.success(request, _("That session has ended."))
    return HttpResponseRedirect(reverse("account"))


@require_POST
def other_sessions_closure(request: HttpRequest) -> HttpResponse:
    """End all of one's own sessions but this one."""
    for session in UserSession.objects.filter(user=signed_in(request)):
        if not session.is_current():
            _end(session)
    messages.success(request, _("All your other sessions have ended."))
    return HttpResponseRedirect(reverse("account"))


def _end(session: UserSession) -> None:
    subscribing.forget(Device.objects.filter(session=session))
    session.end()


def _context(
    request: HttpRequest, me: Account, *, form: ProfileForm | None = None, writing_form: WritingForm | None = None
) -> dict[str, object]:
    return {
        "section": "account",
        "form": form or ProfileForm(initial=_present(me)),
        "writing_form": writing_form or _writing_form(me),
        "sessions": _sessions(request, me),
        "factors": _factors(me),
    }


def _writing_form(me: Account, entered: QueryDict | None = None) -> WritingForm:
    initial = {"undo_seconds": me.undo_seconds, "single_keys": me.single_keys}
    return WritingForm(entered, initial=initial, company=preferring.company_undo_seconds())


def _present(me: Account) -> dict[str, object]:
    plain = {name: getattr(me, name) for name in ("name", "language", "time_zone", "start_page", "mail_notifications")}
    return {**plain, "signature": to_lines(me.signature_html)}


def _sessions(request: HttpRequest, me: Account) -> list[Session]:
    rows = sorted(UserSession.objects.purge_and_list(me), key=lambda row: row.created_at, reverse=True)
    return [Session(row.pk, describe(row.user_agent), row.ip, row.created_at, row.is_current()) for row in rows]


def _factors(me: Account) -> set[str]:
    return set(Authenticator.objects.filter(user=me).values_list("type", flat=True))
