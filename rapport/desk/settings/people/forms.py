"""What is asked when somebody is invited or changed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rapport.desk.choosing import RowChoice, RowChoices
from rapport.people import access
from rapport.people.models import Account, Role, Team


class RoleForm(forms.Form):
    """Role and teams."""

    role = RowChoice(label=_("Role"), queryset=Role.objects.none(), empty_label=None)
    teams = RowChoices(
        label=_("Teams"), queryset=Team.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, by: Account, keeping: Role | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["role"].queryset = access.roles_given_by(by, keeping)
        fields["teams"].queryset = access.teams_managed_by(by).order_by("name")


class InviteForm(RoleForm):
    """Somebody new."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    field_order = ("email", "name", "role", "teams")
