"""The steps after the first account: each can be skipped, gone back to, and left for another day.

One address for each, open while the wizard is under way to who may change every setting; afterwards they do not exist.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from rapport.channels import configuring
from rapport.channels.access import inboxes_managed_by
from rapport.channels.errors import AddressTaken
from rapport.channels.models import Inbox
from rapport.conversations import listing
from rapport.desk.entering import keep_own_session, signed_in
from rapport.desk.settings.hours.forms import HoursForm, initial_of
from rapport.desk.settings.inboxes.forms import GROUPS, InboxForm
from rapport.desk.settings.people.views import send_invitation
from rapport.desk.start.forms import BusinessForm, ColleaguesForm
from rapport.hours import keeping
from rapport.people import access, inviting, setting_up, speaking
from rapport.people.errors import PeopleRefusal
from rapport.people.models import Account, Team
from rapport.people.rights import Right
from rapport.people.setting_up import STEPS
from rapport.practice import opening
from rapport.presets import applying, offering

NAMES = {
    "business": _("Your company"),
    "inbox": _("First inbox"),
    "hours": _("Business hours"),
    "people": _("Colleagues"),
    "ready": _("Ready"),
}
# The fields of an inbox that nobody can do without; the others stand below, filled with what most companies choose.
ESSENTIAL = (
    (_("Address"), ("address", "name")),
    (_("Mail in"), ("imap_host", "imap_user", "imap_password")),
    (_("Mail out"), ("smtp_host", "smtp_user", "smtp_password")),
)


@dataclass(frozen=True, slots=True)
class Here:
    """Where in the wizard a request is: who asks, and what is known."""

    request: HttpRequest
    me: Account
    known: dict[str, Any]
    step: str

    @property
    def act(self) -> str:
        """What the pressed button says, empty when a page is only shown."""
        return self.request.POST.get("act", "next") if self.request.method == "POST" else ""

    def on(self, **known: Any) -> HttpResponse:
        """Note this step as taken and go to the one after it."""
        setting_up.note(done=self.step, **known)
        return to(STEPS[STEPS.index(self.step) + 1])

    def page(self, context: dict[str, Any], status: int = 200) -> HttpResponse:
        """Show this step."""
        reached = STEPS.index(self.known["next"])
        trail = [(name, NAMES[name], at <= reached) for at, name in enumerate(STEPS)]
        shared = {"step": self.step, "trail": trail, "step_name": NAMES[self.step], "known": self.known}
        return render(self.request, f"desk/start/{self.step}.html", {**shared, **context}, status=status)


def to(step: str, *, looks: bool = False) -> HttpResponse:
    """The way to a step; with `looks` the doctor begins there by itself."""
    return HttpResponseRedirect(reverse("start_step", args=[step]) + ("?looks" if looks else ""))


@require_safe
def go_on(request: HttpRequest) -> HttpResponse:
    """The step that waits."""
    return to(_here(request, "").known["next"])


@never_cache
@sensitive_post_parameters("imap_password", "smtp_password")
@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, step: str) -> HttpResponse:
    """One step; a later one than the next leads back to that."""
    if step not in STEPS:
        raise Http404
    here = _here(request, step)
    if STEPS.index(step) > STEPS.index(here.known["next"]):
        return to(here.known["next"])
    if here.act == "skip":
        return here.on()
    return _TAKE[step](here)


def _here(request: HttpRequest, step: str) -> Here:
    """Raises Http404 for who has no business here, and when the wizard is over: the two look alike."""
    me, known = signed_in(request), setting_up.progress()
    if known is None or not me.may(Right.INSTALLATION):
        raise Http404
    return Here(request, me, known, step)


def _business(here: Here) -> HttpResponse:
    form = BusinessForm(here.request.POST or None, initial={"preset": here.known.get("preset", "florist")})
    if here.act and form.is_valid():
        with translation.override(speaking.company()):
            chosen = offering.preset(form.cleaned_data["preset"])
        if chosen is None or chosen.key == here.known.get("preset"):
            return here.on()
        applying.take_back(here.known.get("made") or {}, by=here.me)
        made = applying.apply(chosen, by=here.me, time_zone=settings.TIME_ZONE)
        keep_own_session(here.request, here.me)
        return here.on(preset=chosen.key, made=made)
    return here.page({"form": form, "presets": offering.presets()}, 400 if form.is_bound else 200)


def _inbox(here: Here) -> HttpResponse:
    if here.act == "practice":
        practise(here)
        return here.on()
    connected = inboxes_managed_by(here.me).exclude(address=opening.ADDRESS).order_by("pk").first()
    teams = access.teams_visible_to(here.me).order_by("name")
    form = InboxForm(here.request.POST if here.act == "connect" else None, by=here.me, teams=teams, inbox=connected)
    if here.act == "connect" and form.is_valid():
        try:
            _connect(form, connected, here.me)
        except AddressTaken as refusal:
            form.add_error("address", str(refusal))
        else:
            return to("inbox", looks=True)
    elif here.act == "next":
        return here.on()
    elif connected is None and not form.is_bound:
        form.initial["team"] = _team(here)
    first = {name for _title, names in ESSENTIAL for name in names}
    rest = [(title, [form[name] for name in names if name not in first]) for title, names in GROUPS]
    context = {
        "form": form,
        "essential": [(title, [form[name] for name in names]) for title, names in ESSENTIAL],
        "rest": rest,
        "inbox": connected,
        "practice": opening.inbox(),
        "looks": "looks" in here.request.GET,  # it was saved just now: the doctor begins by itself
    }
    return here.page(context, 400 if form.is_bound else 200)


def _connect(form: InboxForm, connected: Inbox | None, me: Account) -> None:
    if connected is None:
        configuring.create(form.setup(), by=me)
    else:
        configuring.change(connected, setup=form.setup(), by=me)


def practise(here: Here) -> None:
    """Open the practice inbox and let its first letter arrive."""
    opening.open_inbox(team=_team(here), by=here.me)
    with translation.override(speaking.company()):
        chosen = offering.preset(here.known.get("preset", "")) or offering.presets()[-1]
    opening.write_first(subject=chosen.letter.subject, words=chosen.letter.words)


def _team(here: Here) -> Team | None:
    """The first of the teams that the preset made, else the first there is."""
    teams = access.teams_visible_to(here.me).order_by("pk")
    return teams.filter(pk__in=(here.known.get("made") or {}).get("teams", ())).first() or teams.first()


def _hours(here: Here) -> HttpResponse:
    week = keeping.current()
    initial = initial_of(week) if week else {"time_zone": settings.TIME_ZONE}
    form = HoursForm(here.request.POST or None, initial=initial)
    if here.act and form.is_valid():
        keeping.keep(form.week(), by=here.me)
        return here.on(hours=True)
    return here.page({"form": form, "guesses": "hours" not in here.known}, 400 if form.is_bound else 200)


def _people(here: Here) -> HttpResponse:
    if here.act == "next" and not here.request.POST.get("addresses", "").strip():
        return here.on()
    agent = access.roles_given_by(here.me).filter(key="agent").first()
    form = ColleaguesForm(here.request.POST or None, by=here.me, initial={"role": agent})
    links: list[tuple[str, str]] = []
    if here.act and form.is_valid():
        links = _invite(form, here)
    if links and not form.errors:
        setting_up.note(done="people")
        form = ColleaguesForm(by=here.me, initial={"role": agent})
    return here.page({"form": form, "links": links}, 400 if form.errors else 200)


def _invite(form: ColleaguesForm, here: Here) -> list[tuple[str, str]]:
    """Address and link of each who is invited now; who cannot be is told in the form."""
    links = []
    team = _team(here)
    for email in form.cleaned_data["addresses"]:
        try:
            role = form.cleaned_data["role"]
            invitation, token = inviting.invite(email, role=role, teams=[team] if team else [], by=here.me)
        except PeopleRefusal as refusal:
            form.add_error("addresses", f"{email}: {refusal}")
        else:
            links.append((email, send_invitation(invitation, token, here.me)))
    return links


def _ready(here: Here) -> HttpResponse:
    if here.act == "practice":
        practise(here)
        return to("ready")
    if here.act:
        first = _first_conversation(here)
        setting_up.finish(by=here.me)
        return HttpResponseRedirect(f"/conversations/{first}/" if first else "/inbox/")
    inboxes = inboxes_managed_by(here.me).order_by("pk")
    context = {
        "inboxes": inboxes,
        "practice": opening.inbox(),
        "first": _first_conversation(here),
        "preset": offering.preset(here.known.get("preset", "")),
        "week": keeping.current(),
    }
    return here.page(context)


def _first_conversation(here: Here) -> int | None:
    """The newest that waits for somebody."""
    rows = listing.inbox_page(here.me, view="open", limit=1).rows
    return rows[0].number if rows else None


_TAKE: dict[str, Callable[[Here], HttpResponse]] = {
    "business": _business,
    "inbox": _inbox,
    "hours": _hours,
    "people": _people,
    "ready": _ready,
}
