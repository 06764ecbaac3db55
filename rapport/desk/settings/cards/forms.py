"""What is asked about a customer card."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rapport.people import carding
from rapport.people.carding import Described
from rapport.people.models import Card


class CardForm(forms.Form):
    """A card. An empty secret keeps the one there is, or has one made."""

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("Stands above the card, such as “Shop”."))
    url = forms.CharField(
        label=_("Address"),
        max_length=500,
        help_text=_("Where your system answers, such as https://shop.example.org/card."),
    )
    secret = forms.CharField(
        label=_("Secret"),
        max_length=200,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_(
            "Signs each question, so that your system knows it is ours. Leave it empty and one is made, or kept."
        ),
    )
    timeout_ms = forms.IntegerField(
        label=_("Time limit in milliseconds"),
        min_value=carding.FEWEST_MS,
        max_value=carding.MOST_MS,
        initial=carding.MOST_MS,
    )
    active = forms.BooleanField(label=_("Shown"), required=False, initial=True)

    def __init__(self, data: Any = None, *, card: Card | None = None) -> None:
        names = ("name", "url", "timeout_ms", "active")
        super().__init__(data, initial={name: getattr(card, name) for name in names} if card else None)

    def described(self) -> Described:
        """What the verbs take."""
        return Described(**self.cleaned_data)
