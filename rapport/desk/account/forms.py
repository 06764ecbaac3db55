"""What people say of themselves."""

from __future__ import annotations

import functools
import zoneinfo

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from rapport.people.models import Account


@functools.cache
def _known_zones() -> list[tuple[str, str]]:
    # Python opens every file of the time zone database to say which there are.
    names = sorted(name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith("Etc/"))
    return [(name, name.replace("_", " ")) for name in names]


def _zones() -> list[tuple[str, str]]:
    company = str(_("As the company: %(zone)s") % {"zone": settings.TIME_ZONE})
    return [("", company), ("UTC", "UTC"), *_known_zones()]


class ProfileForm(forms.Form):
    """Name, language, time zone, mails."""

    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("Colleagues and customers see it."))
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=_zones, required=False)
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
