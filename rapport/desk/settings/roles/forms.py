"""What is asked about a role."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rapport.desk.choosing import RowChoice
from rapport.people import access, roles
from rapport.people.models import Account, Role
from rapport.people.rights import Right


class NewRoleForm(forms.Form):
    """A name, and the role whose rights it begins with."""

    name = forms.CharField(label=_("Name of the new role"), max_length=80)
    source = RowChoice(
        label=_("Begin with the rights of"),
        queryset=Role.objects.none(),
        empty_label=_("None: I choose them next"),
        required=False,
    )

    def __init__(self, *args: Any, by: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["source"]
        field.queryset = access.roles_given_by(by)

    def rights(self) -> frozenset[str]:
        """Those of the source; none without one."""
        source = self.cleaned_data["source"]
        return roles.rights_of(source) if source else frozenset()


class RoleForm(forms.Form):
    """Its name and its rights. What `by` does not hold stays as it is, whatever a browser sends."""

    name = forms.CharField(label=_("Name"), max_length=80)
    rights = forms.MultipleChoiceField(label=_("Rights"), choices=Right.choices, required=False)

    def __init__(self, *args: Any, role: Role, by: Account, **kwargs: Any) -> None:
        self.given, self.fixed = roles.rights_of(role), fixed_rights(role, by)
        kwargs.setdefault("initial", {"name": role.name, "rights": sorted(self.given)})
        super().__init__(*args, **kwargs)

    def clean_rights(self) -> frozenset[str]:
        return (frozenset(self.cleaned_data["rights"]) - self.fixed) | (self.given & self.fixed)

    def chosen(self) -> frozenset[str]:
        """What is ticked when the page is shown."""
        if not self.is_bound:
            return self.given
        ticked = frozenset(self["rights"].value() or ())
        return (ticked - self.fixed) | (self.given & self.fixed)


def fixed_rights(role: Role, by: Account) -> frozenset[str]:
    """Rights of this role that `by` can neither give nor take: all of the owner's, else what they do not hold."""
    if role.key == roles.OWNER:
        return frozenset(Right.values)
    return frozenset() if by.role.key == roles.OWNER else frozenset(Right.values) - by.rights
