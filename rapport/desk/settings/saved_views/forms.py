"""What is asked about a saved view beside its conditions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rapport.conversations import ordering, saving_views
from rapport.conversations.columns import COLUMNS, USUAL
from rapport.conversations.filtering import Filter
from rapport.conversations.models import View
from rapport.conversations.saving_views import Prepared
from rapport.desk.settings.macros.forms import audience_of, audiences
from rapport.people.models import Account


class ViewForm(forms.Form):
    """Name, audience, order, columns and icon."""

    name = forms.CharField(label=_("Name"), max_length=80)
    audience = forms.ChoiceField(label=_("For"))
    ordering = forms.ChoiceField(label=_("Order"), choices=[(one.key, one.name) for one in ordering.ORDERS.values()])
    icon = forms.ChoiceField(
        label=_("Icon"), required=False, widget=forms.RadioSelect, choices=[(name, name) for name in saving_views.ICONS]
    )
    columns = forms.MultipleChoiceField(
        label=_("Show in each row"), required=False, widget=forms.CheckboxSelectMultiple, choices=list(COLUMNS.items())
    )

    def __init__(self, data: Any = None, *, me: Account, view: View | None = None) -> None:
        super().__init__(data, initial=_initial(view))
        if view is None:
            choices: Any = self.fields["audience"]
            choices.choices = audiences(me)
        else:  # whose it is does not change: who uses it counts on it
            del self.fields["audience"]

    def prepared(self, condition: Filter) -> Prepared:
        """What the verbs take."""
        entered = self.cleaned_data
        columns = entered["columns"] if set(entered["columns"]) != set(USUAL) else []
        return Prepared(entered["name"], condition, entered["icon"], entered["ordering"], columns)


def _initial(view: View | None) -> dict[str, Any]:
    if view is None:
        return {"icon": saving_views.ICONS[0], "ordering": ordering.ACTIVITY.key, "columns": list(USUAL)}
    return {
        "name": view.name,
        "audience": audience_of(view),
        "ordering": view.ordering,
        "icon": view.icon or saving_views.ICONS[0],
        "columns": view.columns or list(USUAL),
    }
