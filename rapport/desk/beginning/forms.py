"""What the page for a new conversation sends."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rapport.channels.access import inboxes_visible_to
from rapport.channels.models import Inbox
from rapport.conversations.drafting import ReplyContent
from rapport.desk.choosing import RowChoice
from rapport.desk.conversation.forms import ReplyForm
from rapport.people.models import Account


class NewForm(ReplyForm):
    """A reply with a subject and the inbox it is written from."""

    inbox = RowChoice(label=_("From"), queryset=Inbox.objects.none(), empty_label=None)
    subject = forms.CharField(label=_("Subject"), max_length=500, required=False)

    def __init__(self, *args: Any, me: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["inbox"]
        field.queryset = inboxes_visible_to(me).filter(is_active=True).order_by("name")
        field.label_from_instance = lambda inbox: f"{inbox.name} <{inbox.address}>"

    def content(self) -> ReplyContent:
        """What the verb takes."""
        return replace(super().content(), subject=self.cleaned_data.get("subject", ""))
