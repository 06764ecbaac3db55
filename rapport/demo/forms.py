"""What one fills in to write as a customer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from rapport.channels.models import Inbox
from rapport.kit.text import clean_line

_LARGEST = 5 * 1024 * 1024


class PracticeMailForm(forms.Form):
    """A mail from a customer to one of the company's inboxes."""

    inbox = forms.ModelChoiceField(Inbox.objects.none(), label=_("To"), empty_label=None)
    subject = forms.CharField(max_length=200, label=_("Subject"))
    words = forms.CharField(max_length=20_000, label=_("Message"), widget=forms.Textarea(attrs={"rows": 7}))
    attachment = forms.FileField(required=False, label=_("Attachment"))
    answers = forms.CharField(max_length=500, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, inboxes: QuerySet[Inbox], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["inbox"]
        field.queryset = inboxes

    def clean_subject(self) -> str:
        return clean_line(self.cleaned_data["subject"], 200)

    def clean_attachment(self) -> Any:
        file = self.cleaned_data["attachment"]
        if file is not None and file.size > _LARGEST:
            raise forms.ValidationError(_("This file is larger than 5 MB. Choose a smaller one."))
        return file
