"""Teams, their members and signatures."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rapport.desk.entering import keep_own_session
from rapport.desk.settings.pages import allowed, show
from rapport.desk.settings.teams.forms import NewTeamForm, TeamForm, initial_of, to_html
from rapport.people import access, joining, listing
from rapport.people.errors import TeamNameTaken
from rapport.people.models import Account, Team
from rapport.people.rights import Right

OPENING = (Right.INSTALLATION, Right.TEAM_SETTINGS)


@require_http_methods(["GET", "POST"])
def teams(request: HttpRequest) -> HttpResponse:
    """The teams this account may change; who may change everything makes new ones."""
    me = allowed(request, *OPENING)
    form = NewTeamForm(request.POST or None)
    status = 400 if form.is_bound else 200
    if request.method == "POST":
        me = allowed(request, Right.INSTALLATION)
        if form.is_valid():
            try:
                made = joining.create_team(form.cleaned_data["name"], by=me)
            except TeamNameTaken as refusal:
                form.add_error("name", str(refusal))
                status = refusal.status
            else:
                return HttpResponseRedirect(reverse("settings_team", args=[made.pk]))
    rows = listing.teams().filter(pk__in=access.teams_managed_by(me).values("pk"))
    context = {"teams": rows, "form": form, "may_create": me.may(Right.INSTALLATION)}
    return show(request, "teams/page.html", tab="teams", context=context, status=status)


@require_http_methods(["GET", "POST"])
def team(request: HttpRequest, pk: int) -> HttpResponse:
    """One team's name, signature and members."""
    me = allowed(request, *OPENING)
    found = access.get_managed_team(me, pk)
    form = TeamForm(request.POST or None, initial=initial_of(found))
    status = 400 if form.is_bound else 200
    if request.method == "POST" and form.is_valid():
        try:
            _save(found, form, me)
        except TeamNameTaken as refusal:
            form.add_error("name", str(refusal))
            status = refusal.status
        else:
            keep_own_session(request, me)
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(reverse("settings_teams"))
    context = {"form": form, "team": found, "may_end": me.may(Right.INSTALLATION)}
    return show(request, "teams/team.html", tab="teams", context=context, status=status)


@require_POST
def ending(request: HttpRequest, pk: int) -> HttpResponse:
    """End a team."""
    me = allowed(request, Right.INSTALLATION)
    found = joining.end_team(access.get_managed_team(me, pk), by=me)
    messages.success(request, _("The team %(name)s has ended.") % {"name": found.name})
    return HttpResponseRedirect(reverse("settings_teams"))


def _save(team: Team, form: TeamForm, me: Account) -> None:
    entered = form.cleaned_data
    signature = to_html(entered["signature"]) if "signature" in form.changed_data else team.signature_html
    joining.change_team(team, name=entered["name"], signature_html=signature, by=me)
    joining.set_members(team, members=entered["members"], by=me)
