"""What is asked about an attribute, and about the country of phone numbers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rapport.people.attributing import Described
from rapport.people.models import Attribute


class AttributeForm(forms.Form):
    """An attribute. Key and kind are asked once: values depend on them."""

    label = forms.CharField(label=_("Name"), max_length=80, help_text=_("Such as “Customer since” or “Contract”."))
    kind = forms.ChoiceField(label=_("Kind"), choices=Attribute.Kind.choices)
    choices = forms.CharField(
        label=_("Choices"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("For the kind “Choice”: one in each line."),
    )
    shown = forms.BooleanField(label=_("Shown beside conversations"), required=False, initial=True)

    def __init__(self, data: Any = None, *, attribute: Attribute | None = None) -> None:
        initial: dict[str, Any] = {}
        if attribute is not None:
            initial = {"label": attribute.label, "choices": "\n".join(attribute.choices), "shown": attribute.shown}
        super().__init__(data, initial=initial)
        if attribute is not None:
            del self.fields["kind"]
            if attribute.kind != Attribute.Kind.CHOICE:
                del self.fields["choices"]

    def described(self) -> Described:
        """What the verbs take."""
        entered = self.cleaned_data
        return Described(
            label=entered["label"],
            kind=entered.get("kind", Attribute.Kind.TEXT),
            choices=entered.get("choices", "").splitlines(),
            shown=entered["shown"],
        )


class RegionForm(forms.Form):
    """Whose phone numbers are written without a country's code."""

    phone_region = forms.CharField(
        label=_("Country of your phone numbers"),
        required=False,
        max_length=2,
        help_text=_("Two letters, such as DE or GB. Numbers of this country may be written without its code."),
    )
