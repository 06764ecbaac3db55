"""What the composer and the small forms send."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from rapport.channels.contract import Address
from rapport.channels.email.parsing.addresses import read_addresses
from rapport.conversations import mentioning
from rapport.conversations.drafting import ReplyContent
from rapport.conversations.errors import TooLong, TooManyNamed
from rapport.desk.answers import number_of
from rapport.desk.conversation import times
from rapport.people.models import Account, Team

MOST_TEXT = 400_000
MOST_FILES = 50
MOST_NAMED = 200


class WholeText(forms.CharField):
    """What somebody wrote: whole, or refused as a whole, for a text is never cut."""

    def clean(self, value: str | None) -> str:
        """As written. Raises TooLong."""
        if self.max_length is not None and len(value or "") > self.max_length:
            raise TooLong(len(value or ""), self.max_length)
        return str(super().clean(value))


class WritingForm(forms.Form):
    """Text and files. `body` is plain text, or HTML when `format` says so; the verbs sanitise it."""

    body = WholeText(required=False, strip=False, max_length=MOST_TEXT)
    format = forms.ChoiceField(choices=[("text", "text"), ("html", "html")], required=False)

    def html(self) -> str:
        """The text as HTML."""
        body = str(self.cleaned_data["body"])
        return body if self.cleaned_data["format"] == "html" else html_of(body)

    def attachment_ids(self) -> list[int]:
        """Ids of uploads, in order."""
        return numbers(self.data, "attachment", most=MOST_FILES)


class ReplyForm(WritingForm):
    """A reply: `seen` is the newest message on the author's screen, `at` a time to send it instead of now.

    `at` is a moment, or "own" for the one in `own_at`. `snoozed`: when the conversation is to come back once the reply
    has gone out, a moment or "morning". `inbox`: where it is sent from.
    """

    to = forms.CharField(required=False, max_length=20_000)
    cc = forms.CharField(required=False, max_length=20_000)
    bcc = forms.CharField(required=False, max_length=20_000)
    seen = forms.IntegerField(required=False, min_value=0, max_value=2**63 - 1)
    then = forms.ChoiceField(choices=[("", ""), ("closed", ""), ("waiting", "")], required=False)
    at = forms.CharField(required=False, max_length=40)
    own_at = forms.CharField(required=False, max_length=40)
    snoozed = forms.CharField(required=False, max_length=40)
    inbox: forms.Field = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)

    def clean_to(self) -> list[Address]:
        return self._addresses("to")

    def clean_cc(self) -> list[Address]:
        return self._addresses("cc")

    def clean_bcc(self) -> list[Address]:
        return self._addresses("bcc")

    def clean_at(self) -> datetime | None:
        if self.cleaned_data["at"] == "own":
            self.cleaned_data["at"] = self.data.get("own_at", "") or "?"
        return self._moment("at")

    def clean_snoozed(self) -> datetime | None:
        if self.cleaned_data["snoozed"] == "morning":
            return times.tomorrow_morning(timezone.localtime())
        return self._moment("snoozed")

    def status_after(self) -> str:
        """The status the conversation takes when the reply has gone out."""
        return "snoozed" if self.cleaned_data["snoozed"] else str(self.cleaned_data["then"])

    def refills(self) -> int:
        """What the page that it was written on shows of the draft."""
        return number_of(self.data.get("refills")) or 0

    def content(self) -> ReplyContent:
        """What the verb takes."""
        inbox = self.cleaned_data.get("inbox")
        return ReplyContent(
            html=self.html(),
            to=self.cleaned_data.get("to") or [],
            cc=self.cleaned_data.get("cc") or [],
            bcc=self.cleaned_data.get("bcc") or [],
            attachment_ids=self.attachment_ids(),
            seen_message_id=self.cleaned_data.get("seen") or 0,
            snooze_until=self.cleaned_data.get("snoozed"),
            inbox_id=int(getattr(inbox, "pk", inbox) or 0),
            refills=self.refills(),
            opened=number_of(self.data.get("opened")) or 0,
        )

    def _moment(self, name: str) -> datetime | None:
        written = str(self.cleaned_data[name]).strip()
        moment = moment_of(written)
        if written and moment is None:
            raise forms.ValidationError(_("“%s” is not a time I understand.") % written)
        return moment

    def _addresses(self, name: str) -> list[Address]:
        written = str(self.cleaned_data[name]).replace(";", ",").replace("\n", ",")
        read = read_addresses([written]).addresses if written.strip() else []
        pieces = [piece for piece in written.split(",") if "@" in piece]
        if written.strip() and (not read or len(read) < len(pieces)):
            raise forms.ValidationError(_("“%s” is not an address I can send to.") % written.strip()[:200])
        return read


class NoteForm(WritingForm):
    """A note and whom it tells."""

    def mentions(self) -> list[Account | Team]:
        """Active colleagues and living teams: those that were ticked, and those its words name."""
        ticked = mentioning.found(people=numbers(self.data, "mention"), teams=numbers(self.data, "mention_team"))
        return list(dict.fromkeys([*ticked, *mentioning.named_in(self.html())]))


def html_of(text: str) -> str:
    """Plain text as paragraphs."""
    parts = escape(text.replace("\r\n", "\n").strip("\n")).split("\n\n")
    return "".join(f"<p>{part.replace(chr(10), '<br>')}</p>" for part in parts if part)


def numbers(data: object, name: str, *, most: int = MOST_NAMED) -> list[int]:
    """The numbers of a repeated field; what is none is left out. Raises TooManyNamed: none is dropped in silence."""
    values = data.getlist(name) if isinstance(data, QueryDict) else []
    if len(values) > most:
        raise TooManyNamed(len(values), most)
    return [number for value in values if (number := number_of(str(value)))]


def moment_of(written: str) -> datetime | None:
    """A moment from a form: with an offset as it is, else in the reader's zone. None for what UTC has no year for."""
    try:
        moment = parse_datetime(written)
        if moment is None:
            return None
        moment = moment if timezone.is_aware(moment) else timezone.make_aware(moment)
        moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment
