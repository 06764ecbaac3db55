"""What every settings page shares: its tabs and the rights that open it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from rapport.desk.entering import signed_in
from rapport.people.errors import NotAllowed
from rapport.people.models import Account
from rapport.people.rights import Right

TABS = (
    ("people", _("People"), "settings_people", (Right.INSTALLATION,)),
    ("teams", _("Teams"), "settings_teams", (Right.INSTALLATION, Right.TEAM_SETTINGS)),
    ("macros", _("Macros"), "settings_macros", (Right.REPLY, Right.NOTE)),
    ("inboxes", _("Inboxes"), "settings_inboxes", (Right.INSTALLATION,)),
    ("company", _("Company"), "settings_company", (Right.INSTALLATION,)),
)


def allowed(request: HttpRequest, *rights: Right) -> Account:
    """The signed-in account, if it holds one of the rights. Raises NotAllowed."""
    account = signed_in(request)
    if not any(account.may(right) for right in rights):
        raise NotAllowed
    return account


def tabs_of(account: Account) -> list[tuple[str, Any, str]]:
    """Key, name and URL name of the settings pages this account may open."""
    return [(key, name, url) for key, name, url, rights in TABS if any(account.may(right) for right in rights)]


def show(request: HttpRequest, template: str, *, tab: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """Render one settings page."""
    shared = {"section": "settings", "tab": tab, "tabs": tabs_of(signed_in(request))}
    return render(request, f"desk/settings/{template}", {**shared, **context}, status=status)
