"""What the first run asks."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from rapport.desk.choosing import RowChoice
from rapport.desk.settings.inboxes.forms import mail_addresses
from rapport.people import access
from rapport.people.models import Account, Role
from rapport.presets import offering

MOST_AT_ONCE = 20


class StartForm(forms.Form):
    """The one-time code, the company and its first owner."""

    code = forms.CharField(
        label=_("One-time code"),
        max_length=100,
        help_text=_("Rapport printed it in the terminal or log where it was started."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "spellcheck": "false"}),
    )
    company = forms.CharField(label=_("Company"), max_length=120, help_text=_("Customers see this name."))
    name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(
        label=_("Your e-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        help_text=_("At least 10 characters. A few words in a row are easy to keep in mind."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class BusinessForm(forms.Form):
    """Which preset the company begins with."""

    preset = forms.ChoiceField(label=_("What kind of company is it?"), choices=[])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["preset"]
        field.choices = [(one.key, one.name) for one in offering.presets()]


class ColleaguesForm(forms.Form):
    """Addresses, one a line, and the role they all get."""

    addresses = forms.CharField(
        label=_("E-mail addresses"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "placeholder": "ana@example.com"}),
        help_text=_("One a line."),
    )
    role = RowChoice(label=_("Role"), queryset=Role.objects.none(), empty_label=None)

    def __init__(self, *args: Any, by: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["role"]
        field.queryset = access.roles_given_by(by)

    def clean_addresses(self) -> list[str]:
        found = list(dict.fromkeys(re.split(r"[\s,;]+", self.cleaned_data["addresses"].lower().strip())))
        if len(found) > MOST_AT_ONCE:
            raise ValidationError(
                _("At most %(n)s at once; the rest can follow in the settings."), params={"n": MOST_AT_ONCE}
            )
        return mail_addresses(found)
