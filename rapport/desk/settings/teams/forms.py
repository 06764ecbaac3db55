"""What is asked about a team."""

from __future__ import annotations

import re
from html import escape, unescape
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rapport.desk.choosing import RowChoices
from rapport.people import listing
from rapport.people.models import Account, Team

_TAG = re.compile(r"<[^>]*>")


class NewTeamForm(forms.Form):
    """A name."""

    name = forms.CharField(label=_("Name of a new team"), max_length=80)


class TeamForm(forms.Form):
    """Name, signature, members."""

    name = forms.CharField(label=_("Name"), max_length=80)
    signature = forms.CharField(
        label=_("Signature"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "Closes the replies of this team, unless their author has a signature. Placeholders such as {{agent.name}} are filled in."
        ),
    )
    members = RowChoices(
        label=_("Members"),
        queryset=Account.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Who joins or leaves signs in anew."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["members"]
        field.queryset = listing.colleagues()


def initial_of(team: Team) -> dict[str, Any]:
    """The form's values for a team."""
    return {
        "name": team.name,
        "signature": to_lines(team.signature_html),
        "members": list(listing.members(team).values_list("pk", flat=True)),
    }


def to_html(lines: str) -> str:
    """Plain lines as paragraphs of escaped HTML; empty for nothing."""
    paragraphs = [part.strip("\n") for part in re.split(r"\n[ \t]*\n", lines.replace("\r\n", "\n").strip())]
    return "".join(
        "<p>" + "<br>".join(escape(line) for line in part.split("\n")) + "</p>" for part in paragraphs if part
    )


def to_lines(signature_html: str) -> str:
    """The plain lines that to_html() made a signature of."""
    marked = signature_html.replace("<br>", "\n").replace("</p>", "\n\n")
    return unescape(_TAG.sub("", marked)).strip()
