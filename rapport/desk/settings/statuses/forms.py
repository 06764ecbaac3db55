"""What is asked about a status."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rapport.conversations.models import Conversation, OwnStatus
from rapport.conversations.settling import KINDS
from rapport.conversations.shaping import MOST_DAYS


class StatusForm(forms.Form):
    """Name, kind, and for those that sleep how long."""

    name = forms.CharField(label=_("Name"), max_length=40)
    kind = forms.ChoiceField(
        label=_("Counts as"),
        choices=[(value, label) for value, label in Conversation.Status.choices if value in KINDS],
        help_text=_("Views, counts and clocks treat it as one of these."),
    )
    days = forms.IntegerField(
        label=_("Comes back after days"),
        required=False,
        min_value=1,
        max_value=MOST_DAYS,
        help_text=_("For those that count as snoozed."),
    )

    def __init__(self, data: Any = None, *, status: OwnStatus | None = None) -> None:
        super().__init__(data, initial={"name": status.name, "days": status.days} if status else None)
        if status is not None:
            del self.fields["kind"]  # conversations stand in it
            if status.kind != Conversation.Status.SNOOZED:
                del self.fields["days"]
