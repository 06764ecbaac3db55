"""What is asked about a file that is to come in."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from rapport.people.models import ImportRun


class FileForm(forms.Form):
    """A file, and what its rows are."""

    kind = forms.ChoiceField(label=_("What it holds"), choices=ImportRun.Kind.choices)
    file = forms.FileField(
        label=_("CSV file"),
        help_text=_("Saved from a spreadsheet, with the names of the columns in the first row. Nothing happens yet."),
    )
