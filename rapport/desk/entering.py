"""Coming in and staying in: pages are closed by default, and a session ends with the access it was opened for.

The three classes here are named in the settings: a middleware and the two adapters by which allauth asks the product.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import ExitStack
from ipaddress import ip_address
from typing import Any, TypeVar
from urllib.parse import quote

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from rapport.desk import answers, languages, limiting, staying
from rapport.desk.appearance import looking
from rapport.notifications import subscribing
from rapport.notifications.models import Device
from rapport.outbox.backend import OutboxBackend
from rapport.people import changing, first_run, installing, speaking
from rapport.people.models import Account
from rapport.rows import ahead

log = logging.getLogger(__name__)

View = TypeVar("View", bound=Callable[..., Any])

VERSION_KEY = changing.VERSION_KEY
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
UNKNOWN_ACCOUNT = "account/email/unknown_account"
RESET_MAILS = frozenset({UNKNOWN_ACCOUNT, "account/email/password_reset_key"})
SECOND_FACTOR_CONTEXT = "mfa"
_SECOND_FACTOR_CHANGES = frozenset(
    f"mfa/email/{name}"
    for name in (
        "totp_activated",
        "totp_deactivated",
        "webauthn_added",
        "webauthn_removed",
        "recovery_codes_generated",
    )
)


class AccessMiddleware:
    """Ends sessions of an older access version, and lets nobody without an account past the open pages.

    A page is open when its view carries Django's `login_not_required`. Each request runs in its account's language
    and time zone.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.passkeys_possible = not _is_ip_address(request)  # type: ignore[attr-defined]
        # Read once for whatever the page shows of the company, and not at all where it shows nothing.
        house: Any = SimpleLazyObject(installing.current)
        request.house = house  # type: ignore[attr-defined]
        request.company_name = SimpleLazyObject(lambda: house.company_name or "Rapport")  # type: ignore[attr-defined]
        request.look = SimpleLazyObject(lambda: looking.look_of(house))  # type: ignore[attr-defined]
        if request.method not in SAFE_METHODS:
            with ExitStack() as noting:
                with ahead.reading():
                    account = staying.account_of(request)
                    if isinstance(account, Account) or account.is_authenticated:
                        noting.enter_context(installing.noted())
                return self._answer(request, account)
        with installing.read_once(), ahead.reading():
            return self._answer(request, staying.account_of(request))

    def _answer(self, request: HttpRequest, account: Account | AnonymousUser) -> HttpResponseBase:
        if not isinstance(account, Account):
            _speak(request, languages.of_visitor(request))
            return self.get_response(request)
        if not _is_current(request, account):
            end_session(request)
            _speak(request, languages.of_visitor(request))
            return self.get_response(request)
        request.is_held = SimpleLazyObject(installing.is_held)  # type: ignore[attr-defined]
        _speak(request, speaking.colleague(account))
        with timezone.override(account.time_zone or None):
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Django calls this when it knows the view."""
        if request.user.is_authenticated or not getattr(view, "login_required", True):
            return None
        return to_sign_in(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Django calls this when the view raised; the transaction has been undone by then."""
        is_refusal = isinstance(getattr(exception, "code", None), str) and hasattr(exception, "sentence")
        return answers.refused(request, exception) if is_refusal else None


def _speak(request: HttpRequest, language: str) -> None:
    translation.activate(language)
    request.LANGUAGE_CODE = language


def opens_own_transactions(view: View) -> View:
    """Mark a view that hashes a password or waits: it gets no transaction around it (config.transactions)."""
    view.opens_own_transactions = True  # type: ignore[attr-defined]
    return view


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Send a visitor to the page where one signs in; on a fresh installation to the first run."""
    if first_run.is_open():
        return _go(request, reverse("start"))
    here = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    back = request.get_full_path() if request.method == "GET" and "HX-Request" not in request.headers else _path(here)
    return _go(request, f"{reverse('account_login')}?next={quote(back)}" if back else reverse("account_login"))


def company_name() -> str:
    """The name the company goes by."""
    return installing.current().company_name or "Rapport"


def signed_in(request: HttpRequest) -> Account:
    """The account of a request that passed the middleware. Raises PermissionDenied for visitors."""
    if not isinstance(request.user, Account):
        raise PermissionDenied
    # Django's lazy stand-in costs a call for every look at the account, and pages look hundreds of times.
    account: Account = getattr(request.user, "_wrapped", request.user)
    return account


def end_session(request: HttpRequest) -> None:
    """Forget the session of this request on both sides."""
    sessions = UserSession.objects.filter(session_key=request.session.session_key)
    subscribing.forget(Device.objects.filter(session__in=sessions))
    sessions.delete()
    request.session.flush()
    request.user = AnonymousUser()


def keep_session(request: HttpRequest, account: Account) -> None:
    """Let the session of this request outlive a change its own owner just made."""
    request.session[VERSION_KEY] = account.access_version


def keep_own_session(request: HttpRequest, *changed: Account) -> None:
    """As keep_session, if the account of this request is among those whose access it just changed."""
    me = signed_in(request)
    if any(account.pk == me.pk for account in changed):
        me.refresh_from_db(fields=["access_version"])
        keep_session(request, me)


class ClosedSignUp(DefaultAccountAdapter):  # type: ignore[misc]  # allauth brings no types
    """allauth's view of accounts: nobody signs up; changes of access end all other sessions."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: people are invited."""
        return False

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Open a session that lasts as long as this access version."""
        super().login(request, user)
        if isinstance(user, Account):
            keep_session(request, user)

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """Change or reset the password; only the session it was changed in goes on."""
        if not isinstance(user, Account):
            raise TypeError("Only accounts sign in.")
        changing.set_password(user, password=password, by=user)
        self._keep_own_session(user)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: AbstractBaseUser,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Tell the owner by mail what changed. allauth calls this after each change of a second factor."""
        if template_prefix in _SECOND_FACTOR_CHANGES and isinstance(user, Account):
            changing.renew_access(user, what="mfa", by=user)
            self._keep_own_session(user)
        super().send_notification_mail(template_prefix, user, context, email)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count this try before the password is looked at; too many are answered with 429."""
        usage = limiting.allow_attempt(request, email=str(credentials.get("email", "")), ip=self.get_client_ip(request))
        if usage is None:
            raise ImmediateHttpResponse(limiting.too_many(request))
        self._login_failed_rl_usage = usage

    def get_client_ip(self, request: HttpRequest) -> str:
        """The visitor's address; what proxies say counts only when they are the operator's."""
        return limiting.client_ip(request)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link in the mail, built from the configured address and never from the Host header."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return settings.ENVIRONMENT.base_url + path.replace("UID-KEY", quote(key))

    def format_email_subject(self, subject: str) -> str:
        """Subjects stand as they are written."""
        return subject

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Mail in the company's name, with the configured address as its site."""
        site = {"name": company_name(), "domain": settings.ENVIRONMENT.base_url}
        full = {"request": self.request, "email": email, "current_site": site, **context}
        reader = context.get("user")
        with translation.override(
            speaking.colleague(reader) if isinstance(reader, Account) else translation.get_language()
        ):
            mail = self.render_mail(template_prefix, email, full)
        if template_prefix in RESET_MAILS and not limiting.allow_reset_mail(self.request):
            log.warning("More than %s mails to set a password in an hour: not sent", limiting.RESET_MAILS_AN_HOUR)
        elif template_prefix == UNKNOWN_ACCOUNT:
            # The same work as for a known address, so that time tells nobody which ones are known; nothing is sent.
            with transaction.atomic():
                OutboxBackend().send_messages([mail])
                transaction.set_rollback(True)
        else:
            mail.send()

    def _keep_own_session(self, account: Account) -> None:
        if self.request is None or self.request.user != account:
            return
        keep_session(self.request, account)
        # A session that gains or loses strength gets a new id; its row in the owner's list goes along.
        before = self.request.session.session_key
        self.request.session.cycle_key()
        UserSession.objects.filter(session_key=before).update(session_key=self.request.session.session_key)


class EncryptedSecondFactors(DefaultMFAAdapter):  # type: ignore[misc]  # allauth brings no types
    """allauth's view of second factors: their secrets lie in the database only under the key ring."""

    def encrypt(self, text: str) -> str:
        """What is stored."""
        return str(settings.KEY_RING.encrypt(text, context=SECOND_FACTOR_CONTEXT))

    def decrypt(self, encrypted_text: str) -> str:
        """What was stored. Raises SecretUnreadable."""
        return str(settings.KEY_RING.decrypt(encrypted_text, context=SECOND_FACTOR_CONTEXT))

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """The name a browser shows when it asks for a passkey."""
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return {**entity, "name": company_name()}


def _is_current(request: HttpRequest, account: Account) -> bool:
    """A session without a version was opened a moment ago by something other than our adapter: it gets today's."""
    known = request.session.get(VERSION_KEY)
    if known is None:
        keep_session(request, account)
        return True
    return bool(known == account.access_version)


def _is_ip_address(request: HttpRequest) -> bool:
    """Browsers bind passkeys to a host name; at a bare address they offer none."""
    host = request.META.get("HTTP_HOST", "").rpartition(":")[0] or request.META.get("HTTP_HOST", "")
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


class SignedOut(PermissionDenied):
    """An act from a page whose session has ended meanwhile. The page stays, with what was written on it."""

    sentence = _("You have been signed out, so nothing was sent or changed. Copy your text, then sign in again.")
    code = "signed_out"
    status = 401

    def __str__(self) -> str:
        return str(self.sentence)


def _go(request: HttpRequest, address: str) -> HttpResponse:
    if "HX-Request" in request.headers and request.method not in SAFE_METHODS:
        return answers.refused(request, SignedOut())
    if "HX-Request" in request.headers:
        return HttpResponse(status=401, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def _path(address: str) -> str:
    """The path of one of our own addresses; nothing of a stranger's."""
    base = settings.ENVIRONMENT.base_url
    return address.removeprefix(base) if address.startswith(base + "/") else ""
