"""What is asked about a custom field."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rapport.conversations.models import CustomField
from rapport.conversations.shaping import Described
from rapport.desk.choosing import RowChoice
from rapport.people import access
from rapport.people.models import Account, Team

_BELONGS = " > "
_WITH_OPTIONS = (CustomField.Kind.CHOICE, CustomField.Kind.CHOICES)


class FieldForm(forms.Form):
    """A custom field. Options stand one a line; `Roses > Red` where they depend on another field's choice."""

    name = forms.CharField(label=_("Name"), max_length=60)
    kind = forms.ChoiceField(label=_("Kind"), choices=CustomField.Kind.choices)
    parent = RowChoice(
        label=_("Depends on"),
        queryset=CustomField.objects.none(),
        required=False,
        empty_label=_("Nothing"),
        help_text=_("A choice may offer other options for each option of another choice."),
    )
    options = forms.CharField(
        label=_("Options"),
        required=False,
        max_length=30_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("For choices: one a line. Where it depends on another choice: Roses > Red."),
    )
    team = RowChoice(label=_("Asked for in"), queryset=Team.objects.none(), required=False, empty_label=_("Every team"))
    required = forms.BooleanField(
        label=_("Must be filled in before a conversation is closed"),
        required=False,
        help_text=_("People are held to it; what Rapport closes by itself is not."),
    )
    help = forms.CharField(label=_("Help text"), max_length=200, required=False)

    def __init__(self, data: Any = None, *, me: Account, field: CustomField | None = None) -> None:
        super().__init__(data, initial=_initial(field) if field else None)
        fields: Any = self.fields
        fields["team"].queryset = access.teams_visible_to(me).order_by("name")
        if field is None:
            choices = CustomField.objects.filter(
                kind=CustomField.Kind.CHOICE, parent=None, archived_at__isnull=True
            ).order_by("position", "pk")
            fields["parent"].queryset = choices
        else:  # values of this kind, and of these options, stand in conversations
            del self.fields["kind"], self.fields["parent"]
            if field.kind not in _WITH_OPTIONS:
                del self.fields["options"]
        self._field = field

    def described(self) -> Described:
        """What the verbs take."""
        entered = self.cleaned_data
        field = self._field
        return Described(
            name=entered["name"],
            kind=field.kind if field else entered["kind"],
            options=[_pair(line) for line in entered.get("options", "").splitlines() if line.strip()],
            parent=field.parent if field else entered["parent"],
            team=entered["team"],
            required=entered["required"],
            help=entered["help"],
        )


def _pair(line: str) -> tuple[str, str]:
    of, belongs, name = line.partition(_BELONGS.strip())
    return (of.strip(), name.strip()) if belongs else ("", line.strip())


def _initial(field: CustomField) -> dict[str, Any]:
    lines = [f"{one['of']}{_BELONGS}{one['name']}" if one["of"] else one["name"] for one in field.options]
    plain = {name: getattr(field, name) for name in ("name", "team", "required", "help")}
    return {**plain, "options": "\n".join(lines)}
