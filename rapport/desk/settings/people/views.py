"""Who can sign in, and what they may do."""

from __future__ import annotations

from typing import Protocol

from django.conf import settings
from django.contrib import messages
from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rapport.desk.entering import company_name, keep_own_session
from rapport.desk.settings.pages import allowed, show
from rapport.desk.settings.people.forms import InviteForm, RoleForm
from rapport.people import access, changing, inviting, joining, listing, speaking
from rapport.people.errors import PeopleRefusal
from rapport.people.models import Account, Invitation
from rapport.people.rights import Right


class Verb(Protocol):
    """end() or restore()."""

    def __call__(self, account: Account, /, *, by: Account | None) -> Account: ...


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Everybody, open invitations, and the form to invite."""
    me = allowed(request, Right.INSTALLATION)
    return _list(request, InviteForm(by=me, initial={"role": listing.roles().filter(key="agent").first()}))


@require_POST
def invitations(request: HttpRequest) -> HttpResponse:
    """Invite somebody: a mail goes out, and the link is shown once to hand over by other ways."""
    me = allowed(request, Right.INSTALLATION)
    form = InviteForm(request.POST, by=me)
    if not form.is_valid():
        return _list(request, form, status=400)
    entered = form.cleaned_data
    try:
        invitation, token = inviting.invite(
            entered["email"], name=entered["name"], role=entered["role"], teams=entered["teams"], by=me
        )
    except PeopleRefusal as refusal:
        form.add_error("email", str(refusal))
        return _list(request, form, status=refusal.status)
    send_invitation(invitation, token, me)
    return _hand_over(request, invitation.email, token)


@require_POST
def withdrawal(request: HttpRequest, pk: int) -> HttpResponse:
    """Make an invitation worthless."""
    me = allowed(request, Right.INSTALLATION)
    inviting.withdraw(access.get_managed_invitation(me, pk), by=me)
    messages.success(request, _("The invitation is withdrawn; its link opens nothing."))
    return HttpResponseRedirect(reverse("settings_people"))


@require_http_methods(["GET", "POST"])
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person's role and teams."""
    me = allowed(request, Right.INSTALLATION)
    found = access.get_managed_account(me, pk)
    now = {"role": found.role, "teams": sorted(found.team_ids)}
    form = RoleForm(request.POST or None, by=me, keeping=found.role, initial=now)
    status = 400 if form.is_bound else 200
    if request.method == "POST" and form.is_valid():
        try:
            changing.change_role(found, role=form.cleaned_data["role"], by=me)
            joining.set_teams(found, teams=form.cleaned_data["teams"], by=me)
        except PeopleRefusal as refusal:
            form.add_error("role", str(refusal))
            status = refusal.status
        else:
            keep_own_session(request, found)
            messages.success(request, _("Saved. %(name)s signs in anew if something changed.") % {"name": found.name})
            return HttpResponseRedirect(reverse("settings_people"))
    return show(request, "people/person.html", tab="people", context={"form": form, "person": found}, status=status)


@require_POST
def ending(request: HttpRequest, pk: int) -> HttpResponse:
    """End an account, at once."""
    return _then(request, pk, changing.end, _("%(name)s can no longer sign in."))


@require_POST
def restoration(request: HttpRequest, pk: int) -> HttpResponse:
    """Let an ended account sign in again."""
    return _then(request, pk, changing.restore, _("%(name)s can sign in again."))


@never_cache
@require_POST
def reset(request: HttpRequest, pk: int) -> HttpResponse:
    """A link for a new password, to hand over."""
    me = allowed(request, Right.INSTALLATION)
    found = access.get_managed_account(me, pk)
    return _hand_over(request, found.email, inviting.reset(found, by=me))


def send_invitation(invitation: Invitation, token: str, me: Account) -> str:
    """Send the link by mail; returned too, to be handed over by other ways. It speaks as the company does."""
    link = _address(token)
    with translation.override(speaking.company()):
        subject = _("%(company)s invites you to its help desk") % {"company": company_name()}
        text = _("%(name)s invites you. Choose a password here, within seven days:\n\n%(link)s\n") % {
            "name": me.name,
            "link": link,
        }
    EmailMessage(subject, text, to=[invitation.email]).send()
    return link


def _list(request: HttpRequest, form: InviteForm, status: int = 200) -> HttpResponse:
    context = {"people": listing.everybody(), "invitations": listing.open_invitations(), "form": form}
    return show(request, "people/page.html", tab="people", context=context, status=status)


def _then(request: HttpRequest, pk: int, verb: Verb, sentence: str) -> HttpResponse:
    me = allowed(request, Right.INSTALLATION)
    found = verb(access.get_managed_account(me, pk), by=me)
    messages.success(request, sentence % {"name": found.name})
    return HttpResponseRedirect(reverse("settings_people"))


def _hand_over(request: HttpRequest, email: str, token: str) -> HttpResponse:
    context = {"email": email, "link": _address(token)}
    return show(request, "people/link.html", tab="people", context=context)


def _address(token: str) -> str:
    return str(settings.ENVIRONMENT.base_url) + inviting.link(token)
