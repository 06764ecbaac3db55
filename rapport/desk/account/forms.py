"""What people say of themselves."""

from __future__ import annotations

import functools
import zoneinfo
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from rapport.people.models import Account
from rapport.people.preferring import MOST_UNDO_SECONDS
from rapport.ui.selecting import LongSelect


@functools.cache
def _known_zones() -> list[tuple[str, str]]:
    # Python opens every file of the time zone database to say which there are.
    names = sorted(name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith("Etc/"))
    return [(name, name.replace("_", " ")) for name in names]


def known_zones() -> list[tuple[str, str]]:
    """Every time zone with its name for people."""
    return [("UTC", "UTC"), *_known_zones()]


def _zones() -> list[tuple[str, str]]:
    company = str(_("As the company: %(zone)s") % {"zone": settings.TIME_ZONE})
    return [("", company), *known_zones()]


class WritingForm(forms.Form):
    """How one likes to write: how long replies wait, and single keys."""

    undo_seconds = forms.IntegerField(
        label=_("Seconds to take a reply back"),
        min_value=0,
        max_value=MOST_UNDO_SECONDS,
        required=False,
        help_text=_("0 sends at once. Empty: as the company."),
    )
    single_keys = forms.BooleanField(
        label=_("One letter alone is a shortcut"),
        required=False,
        help_text=_(
            "Switch it off if you speak to your computer or press keys by accident. Combinations go on working."
        ),
    )

    def __init__(self, *args: Any, company: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["undo_seconds"].widget.attrs["placeholder"] = str(company)


class ProfileForm(forms.Form):
    """Name, language, time zone, mails."""

    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("Colleagues and customers see it."))
    language = forms.ChoiceField(label=_("Language"), choices=lambda: settings.LANGUAGES)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=_zones, required=False, widget=LongSelect)
    start_page = forms.ChoiceField(label=_("Begin with"), choices=Account.Start.choices, required=False)
    signature = forms.CharField(
        label=_("Signature"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "Closes your replies in place of your team’s. Placeholders such as {{agent.name}}, {{team.name}} and "
            "{{company.name}} are filled in."
        ),
    )
    mail_notifications = forms.BooleanField(
        label=_("Send me mails about conversations, as my rules say"), required=False
    )
