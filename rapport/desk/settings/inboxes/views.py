"""Inboxes: listed, made, changed, examined."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rapport.channels import configuring
from rapport.channels.access import inboxes_managed_by
from rapport.channels.errors import AddressTaken, NotFound
from rapport.channels.models import Inbox
from rapport.desk.entering import opens_own_transactions
from rapport.desk.settings.inboxes import examining
from rapport.desk.settings.inboxes.forms import GROUPS, InboxForm
from rapport.desk.settings.pages import allowed, show
from rapport.people import access
from rapport.people.models import Account
from rapport.people.rights import Right
from rapport.practice import opening, removing


@require_safe
def inboxes(request: HttpRequest) -> HttpResponse:
    """All inboxes."""
    me = allowed(request, Right.INSTALLATION)
    rows = inboxes_managed_by(me).select_related("team").order_by("name", "pk")
    context = {"inboxes": rows, "practice": opening.inbox(), "practised": removing.count()}
    return show(request, "inboxes/page.html", tab="inboxes", context=context)


@require_POST
def practice(request: HttpRequest) -> HttpResponse:
    """Open the practice inbox."""
    me = allowed(request, Right.INSTALLATION)
    opening.open_inbox(team=access.teams_visible_to(me).order_by("pk").first(), by=me)
    messages.success(request, _("The practice mailbox is open. Write there as a customer."))
    return HttpResponseRedirect(reverse("settings_inboxes"))


@require_POST
def practice_removal(request: HttpRequest) -> HttpResponse:
    """Take it away with all that was written there."""
    removing.remove(by=allowed(request, Right.INSTALLATION))
    messages.success(request, _("The practice mailbox and everything in it are gone."))
    return HttpResponseRedirect(reverse("settings_inboxes"))


@sensitive_post_parameters("imap_password", "smtp_password")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Connect another mailbox."""
    return _edit(request, allowed(request, Right.INSTALLATION), None)


@sensitive_post_parameters("imap_password", "smtp_password")
@require_http_methods(["GET", "POST"])
def inbox(request: HttpRequest, pk: int) -> HttpResponse:
    """Change one."""
    me = allowed(request, Right.INSTALLATION)
    return _edit(request, me, find_inbox(me, pk))


@opens_own_transactions
@require_POST
def examinations(request: HttpRequest, pk: int) -> HttpResponse:
    """Call the doctor; the answer asks again until it is done."""
    found = find_inbox(allowed(request, Right.INSTALLATION), pk)
    run = examining.begin(found, send_test=request.POST.get("send_test") == "on")
    address = reverse("settings_inbox_examination", args=[found.pk, run])
    return _progress(request, found, run) if "HX-Request" in request.headers else HttpResponseRedirect(address)


@require_POST
def trusted_server(request: HttpRequest, pk: int) -> HttpResponse:
    """Take over the name of the mail server that the doctor found."""
    me = allowed(request, Right.INSTALLATION)
    found = find_inbox(me, pk)
    configuring.trust_server(found, authserv_id=request.POST.get("authserv_id", "")[:253], by=me)
    messages.success(request, _("Senders are now judged by what this server writes."))
    return HttpResponseRedirect(reverse("settings_inbox", args=[found.pk]))


@never_cache
@require_safe
def examination(request: HttpRequest, pk: int, run: str) -> HttpResponse:
    """What the doctor has found so far: a part for htmx, else a page."""
    found = find_inbox(allowed(request, Right.INSTALLATION), pk)
    return _progress(request, found, run)


def _progress(request: HttpRequest, found: Inbox, run: str) -> HttpResponse:
    state = examining.read(run, inbox_id=found.pk)
    if state is None:
        raise NotFound
    context = {"inbox": found, "run": run, "state": state}
    if "HX-Request" in request.headers:
        return render(request, "desk/settings/inboxes/_examination.html", context)
    return show(request, "inboxes/examination.html", tab="inboxes", context=context)


def _edit(request: HttpRequest, me: Account, found: Inbox | None) -> HttpResponse:
    teams = access.teams_visible_to(me).order_by("name")
    form = InboxForm(request.POST or None, by=me, teams=teams, inbox=found)
    status = 400 if form.is_bound else 200
    if request.method == "POST" and form.is_valid():
        try:
            saved = (
                configuring.change(found, setup=form.setup(), by=me)
                if found
                else configuring.create(form.setup(), by=me)
            )
        except AddressTaken as refusal:
            form.add_error("address", str(refusal))
            status = refusal.status
        else:
            messages.success(request, _("Saved. Let the doctor look whether it works."))
            return HttpResponseRedirect(reverse("settings_inbox", args=[saved.pk]))
    groups = [(title, [form[name] for name in names]) for title, names in GROUPS]
    context = {"form": form, "inbox": found, "groups": groups}
    return show(request, "inboxes/inbox.html", tab="inboxes", context=context, status=status)


def find_inbox(me: Account, pk: int) -> Inbox:
    """An inbox to change. Raises NotFound."""
    found = inboxes_managed_by(me).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found
