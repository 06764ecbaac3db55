"""What the forms of side conversations send."""

from __future__ import annotations

from dataclasses import replace

from django import forms

from rapport.conversations.drafting import ReplyContent
from rapport.desk.conversation.forms import MOST_FILES, ReplyForm, numbers


class SideForm(ReplyForm):
    """A first letter to somebody else: `message` is quoted or, with `forward`, passed on; `file` repeats."""

    subject = forms.CharField(max_length=500, required=False)
    message = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    quote = forms.BooleanField(required=False)
    forward = forms.BooleanField(required=False)

    def content(self) -> ReplyContent:
        """What the verb takes."""
        about, forward = self.cleaned_data.get("message"), bool(self.cleaned_data.get("forward"))
        subject = self.cleaned_data.get("subject") or ""
        return replace(super().content(), subject=subject, about_id=about, is_forward=forward)

    def file_ids(self) -> list[int]:
        """Ids of files of the main conversation that go along."""
        return numbers(self.data, "file", most=MOST_FILES)
