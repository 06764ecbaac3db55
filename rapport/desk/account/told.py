"""What one is told of, when and where: the matrix of rules, one rule alone, the hours, the browsers."""

from __future__ import annotations

from datetime import time
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from rapport.desk.account import pushes
from rapport.desk.entering import signed_in
from rapport.notifications import ruling
from rapport.notifications.timing import Quiet
from rapport.notifications.topics import By, Topic, Wish
from rapport.people.models import Account
from rapport.ui import moments


class HoursForm(forms.Form):
    """Quiet hours and the hour of the digest, by the person's own clock."""

    quiet_from = forms.TimeField(
        label=gettext_lazy("Quiet from"), required=False, widget=forms.TimeInput(attrs={"type": "time"})
    )
    quiet_until = forms.TimeField(
        label=gettext_lazy("Quiet until"), required=False, widget=forms.TimeInput(attrs={"type": "time"})
    )
    quiet_weekend = forms.BooleanField(label=gettext_lazy("Saturdays and Sundays are quiet too"), required=False)
    digest_hour = forms.TypedChoiceField(
        label=gettext_lazy("Send the digest at"),
        coerce=int,
        choices=lambda: [(hour, moments.hours(time(hour))) for hour in range(24)],
    )

    def clean(self) -> dict[str, Any]:
        entered = super().clean() or {}
        if (entered.get("quiet_from") is None) != (entered.get("quiet_until") is None):
            raise forms.ValidationError(_("Quiet hours need a beginning and an end. Leave both empty for none."))
        return entered


@require_http_methods(["GET", "POST"])
def notifications(request: HttpRequest) -> HttpResponse:
    """Every rule and the hours; `save` says which of the two forms was sent."""
    me = signed_in(request)
    hours = HoursForm(request.POST if request.POST.get("save") == "hours" else None, initial=_hours(me))
    if request.method == "POST":
        if not hours.is_bound:
            return _keep_rules(request, me)
        if hours.is_valid():
            return _keep_hours(request, me, hours)
    context = {
        "section": "account",
        "rows": list(ruling.wishes_of(me).items()),
        "by": By,
        "hours": hours,
        "zone": ruling.zone_of(me).key.replace("_", " "),
        "mails_off": not me.mail_notifications,
        **pushes.context(request, me),
    }
    return render(request, "desk/account/notifications.html", context, status=400 if hours.is_bound else 200)


@require_http_methods(["GET", "POST"])
def notification(request: HttpRequest, topic: str) -> HttpResponse:
    """One rule alone, for whoever asks why they were told. Opening it changes nothing."""
    me = signed_in(request)
    if topic not in Topic.values:
        raise Http404
    chosen = Topic(topic)
    if request.method == "POST":
        ruling.set_wish(me, topic=chosen, wish=_wish(request.POST, chosen))
        messages.success(request, _("Saved."))
        return HttpResponseRedirect(request.path)
    context = {
        "section": "account",
        "topic": chosen,
        "wish": ruling.wishes_of(me)[chosen],
        "by": By,
        "mails_off": not me.mail_notifications,
    }
    return render(request, "desk/account/notification.html", context)


def _keep_rules(request: HttpRequest, me: Account) -> HttpResponse:
    for topic in Topic:
        ruling.set_wish(me, topic=topic, wish=_wish(request.POST, topic))
    messages.success(request, _("Saved."))
    return HttpResponseRedirect(request.path)


def _keep_hours(request: HttpRequest, me: Account, form: HoursForm) -> HttpResponse:
    entered = form.cleaned_data
    quiet = Quiet(entered["quiet_from"], entered["quiet_until"], entered["quiet_weekend"])
    ruling.set_hours(me, quiet=quiet, digest_hour=entered["digest_hour"])
    messages.success(request, _("Saved."))
    return HttpResponseRedirect(request.path)


def _wish(sent: QueryDict, topic: Topic) -> Wish:
    """What the form says of a topic; a mail it does not know is no mail."""
    mail = sent.get(f"mail_{topic.value}", "")
    by = By(mail) if mail in By.values else By.NEVER
    return Wish(bell=f"bell_{topic.value}" in sent, mail=by, push=f"push_{topic.value}" in sent)


def _hours(me: Account) -> dict[str, Any]:
    habits = ruling.habits_of(me)
    names = ("quiet_from", "quiet_until", "quiet_weekend", "digest_hour")
    values = {name: getattr(habits, name) for name in names}
    return values | {name: f"{values[name]:%H:%M}" for name in names[:2] if values[name]}
