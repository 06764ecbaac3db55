"""Roles: which rights each gives, and who has it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rapport.desk.entering import keep_own_session
from rapport.desk.settings.pages import allowed, show
from rapport.desk.settings.roles.forms import NewRoleForm, RoleForm
from rapport.people import access, granting, listing, roles
from rapport.people.errors import PeopleRefusal, RightMissing
from rapport.people.models import Account, Role
from rapport.people.rights import KINDS, MEANS, Right


@dataclass(frozen=True, slots=True)
class ShownRight:
    """One right as the pages show it. `held_by`: ids of the roles that give it; `needs`: the label of the right it needs."""

    value: str
    label: str
    means: str
    held_by: frozenset[int] = frozenset()


@require_http_methods(["GET", "POST"])
def all_roles(request: HttpRequest) -> HttpResponse:
    """The matrix of roles and rights; POST makes a new role."""
    me = allowed(request, Right.INSTALLATION)
    form = NewRoleForm(request.POST or None, by=me)
    status = 400 if form.is_bound else 200
    if request.method == "POST" and form.is_valid():
        try:
            made = granting.create(form.cleaned_data["name"], rights=form.rights(), by=me)
        except PeopleRefusal as refusal:
            form.add_error("name", str(refusal))
            status = refusal.status
        else:
            messages.success(request, _("The role is there. Choose what it may do."))
            return HttpResponseRedirect(reverse("settings_role", args=[made.pk]))
    living = list(listing.roles_in_use())
    context = {"roles": living, "kinds": _matrix(living), "archived": listing.archived_roles(), "form": form}
    return show(request, "roles/page.html", tab="roles", context=context, status=status)


@require_http_methods(["GET", "POST"])
def role(request: HttpRequest, pk: int) -> HttpResponse:
    """One role: its name, its rights, who has it."""
    me = allowed(request, Right.INSTALLATION)
    found = access.get_managed_role(me, pk)
    form = RoleForm(request.POST or None, role=found, by=me)
    status = 400 if form.is_bound else 200
    if request.method == "POST" and form.is_valid():
        try:
            changed = _save(found, form, me)
        except PeopleRefusal as refusal:
            form.add_error("rights" if isinstance(refusal, RightMissing) else "name", str(refusal))
            status = refusal.status
        else:
            keep_own_session(request, *([me] if me.role_id == found.pk else []))
            messages.success(request, _("Saved. Who has this role signs in anew.") if changed else _("Saved."))
            return HttpResponseRedirect(reverse("settings_roles"))
    return show(request, "roles/role.html", tab="roles", context=_about(found, form, me), status=status)


@require_POST
def archive(request: HttpRequest, pk: int) -> HttpResponse:
    """Out of every choice."""
    me = allowed(request, Right.INSTALLATION)
    granting.archive(access.get_managed_role(me, pk), by=me)
    messages.success(request, _("Archived. Nobody can be given this role any more."))
    return HttpResponseRedirect(reverse("settings_roles"))


@require_POST
def restoration(request: HttpRequest, pk: int) -> HttpResponse:
    """Back among the choices."""
    me = allowed(request, Right.INSTALLATION)
    granting.restore(access.get_managed_role(me, pk), by=me)
    messages.success(request, _("Saved."))
    return HttpResponseRedirect(reverse("settings_roles"))


def _save(found: Role, form: RoleForm, me: Account) -> bool:
    """Whether anybody's rights changed."""
    granting.rename(found, name=form.cleaned_data["name"], by=me)
    return granting.set_rights(found, rights=form.cleaned_data["rights"], by=me)


def _about(found: Role, form: RoleForm, me: Account) -> dict[str, Any]:
    return {
        "form": form,
        "role": found,
        "kinds": _matrix([]),
        "chosen": form.chosen(),
        "fixed": form.fixed,
        "is_owner": found.key == roles.OWNER,
        "reached": roles.reaches(me, found),
        "holders": listing.holders(found),
    }


def _matrix(living: list[Role]) -> list[tuple[Any, list[ShownRight]]]:
    """Every right under what it is about, with the roles that give it."""
    given = {one.pk: roles.rights_of(one) for one in living}
    shown = [
        ShownRight(
            value=right.value,
            label=str(right.label),
            means=str(MEANS.get(right, "")),
            held_by=frozenset(pk for pk, rights in given.items() if right.value in rights),
        )
        for right in Right
    ]
    kinds = [(name, [one for one in shown if one.value.startswith(f"{kind}.")]) for kind, name in KINDS]
    named = tuple(f"{kind}." for kind, _name in KINDS)
    others = [one for one in shown if not one.value.startswith(named)]
    return [(name, some) for name, some in [*kinds, (_("More"), others)] if some]
