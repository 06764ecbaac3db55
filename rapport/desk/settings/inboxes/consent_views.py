"""Consent in the browser: an application's registration, the way to the provider, and the answer it sends back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from rapport.channels import configuring
from rapport.channels.email.consenting import PROVIDERS, Client, authorization_address
from rapport.channels.models import Inbox
from rapport.channels.secrets import read_secrets
from rapport.desk.settings.inboxes import examining
from rapport.desk.settings.inboxes.views import find_inbox
from rapport.desk.settings.pages import allowed, show
from rapport.kit.secrets import random_token
from rapport.people.errors import NotAllowed
from rapport.people.models import Account
from rapport.people.rights import Right

SESSION_KEY = "inbox_consent"
_ADDRESSES = ("authorization_url", "token_url", "scope")


class ConsentForm(forms.Form):
    """The application as registered at the provider."""

    provider = forms.ChoiceField(
        label=_("Provider"), choices=(("google", "Google"), ("microsoft", "Microsoft"), ("other", _("Another one")))
    )
    client_id = forms.CharField(label=_("Client ID"), max_length=300)
    client_secret = forms.CharField(
        label=_("Client secret"),
        max_length=500,
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Left empty, the stored one stays."),
    )
    authorization_url = forms.URLField(
        label=_("Authorisation address"), max_length=2000, required=False, assume_scheme="https"
    )
    token_url = forms.URLField(label=_("Token address"), max_length=2000, required=False, assume_scheme="https")
    scope = forms.CharField(label=_("Scope"), max_length=500, required=False)

    def clean(self) -> dict[str, Any]:
        entered: dict[str, Any] = super().clean() or self.cleaned_data
        known = PROVIDERS.get(entered.get("provider", ""), {})
        for name in _ADDRESSES:
            entered[name] = known.get(name) or entered.get(name, "")
            if not entered[name] and name not in self.errors:
                self.add_error(name, _("This is needed for another provider."))
        return entered


@never_cache
@sensitive_post_parameters("client_secret")
@require_http_methods(["GET", "POST"])
def consent(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep the registration, then show the link to the provider (a form may not lead off this site)."""
    me = allowed(request, Right.INSTALLATION)
    found = find_inbox(me, pk)
    form = ConsentForm(request.POST or None, initial=_initial(found))
    context: dict[str, Any] = {"inbox": found, "form": form, "redirect_uri": _redirect_uri(), "address": ""}
    if request.method == "POST" and form.is_valid():
        client = _keep(found, form, me)
        state, verifier = random_token(), random_token(320)
        request.session[SESSION_KEY] = {"inbox": found.pk, "state": state, "verifier": verifier}
        context["address"] = authorization_address(client, state=state, verifier=verifier, login_hint=found.address)
    status = 400 if form.is_bound and not context["address"] else 200
    return show(request, "inboxes/consent.html", tab="inboxes", context=context, status=status)


@never_cache
@require_safe
def answer(request: HttpRequest) -> HttpResponse:
    """The provider sends the browser back here. The code is exchanged beside the page, then the doctor looks.

    Raises NotAllowed for an answer nobody asked for.
    """
    me = allowed(request, Right.INSTALLATION)
    asked = request.session.pop(SESSION_KEY, None)
    if not asked or request.GET.get("state") != asked["state"]:
        raise NotAllowed
    found = find_inbox(me, asked["inbox"])
    code, refused = request.GET.get("code", ""), request.GET.get("error_description") or request.GET.get("error", "")
    run = examining.begin_consent(
        found, client=_client(found), code=code, verifier=asked["verifier"], refused=str(refused)[:300]
    )
    return HttpResponseRedirect(reverse("settings_inbox_examination", args=[found.pk, run]))


def _keep(inbox: Inbox, form: ConsentForm, me: Account) -> Client:
    entered = form.cleaned_data
    oauth = {name: entered[name] for name in ("client_id", *_ADDRESSES)}
    secrets = {}
    if entered["client_secret"]:
        secrets = {"oauth": {**read_secrets(inbox).get("oauth", {}), "client_secret": entered["client_secret"]}}
    configuring.change_settings(inbox, settings={**inbox.settings, "oauth": oauth}, secrets=secrets, by=me)
    return _client(inbox)


def _client(inbox: Inbox) -> Client:
    oauth = inbox.settings["oauth"]
    secret = str(read_secrets(inbox).get("oauth", {}).get("client_secret", ""))
    return Client(client_secret=secret, redirect_uri=_redirect_uri(), **oauth)


def _initial(inbox: Inbox) -> dict[str, Any]:
    oauth = inbox.settings.get("oauth") or {}
    addresses = [(name, entry["token_url"]) for name, entry in PROVIDERS.items()]
    known = next((name for name, token_url in addresses if token_url == oauth.get("token_url")), "other")
    return {"provider": known if oauth else "google", **oauth}


def _redirect_uri() -> str:
    return str(settings.ENVIRONMENT.base_url) + reverse("settings_inbox_consent_answer")
