"""What part of the audit log is asked for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from rapport.desk.settings.audit import words
from rapport.events.listing import Asked
from rapport.people import access
from rapport.people.models import Account

NOBODY = "rapport"


class AuditForm(forms.Form):
    """Who, what, and when; all of them may be left out."""

    who = forms.ChoiceField(label=_("Who"), required=False)
    what = forms.ChoiceField(label=_("What"), required=False)
    since = forms.DateField(
        label=pgettext_lazy("a day", "From"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, data: Any, *, me: Account, kinds: Iterable[str]) -> None:
        super().__init__(data)
        people = [(str(one.pk), one.name or one.email) for one in access.accounts_visible_to(me).order_by("name", "pk")]
        fields: Any = self.fields
        fields["who"].choices = [("", _("Everybody")), *people, (NOBODY, _("Rapport itself"))]
        fields["what"].choices = [("", _("Everything")), *_grouped(kinds)]

    def asked(self) -> Asked:
        """As the log is asked. The days are whole days where the reader is."""
        entered = self.cleaned_data
        who, what, until = entered["who"], entered["what"], entered["until"]
        is_kind = "." in what
        return Asked(
            area=what if what and not is_kind else None,
            kind=what if is_kind else None,
            actor=int(who) if who and who != NOBODY else None,
            nobody=who == NOBODY,
            since=_begins(entered["since"]),
            until=_begins(until + timedelta(days=1)) if until and until < date.max else None,
        )


def _grouped(kinds: Iterable[str]) -> list[tuple[str, Any]]:
    """Each area, and within it its acts."""
    areas: dict[str, list[tuple[str, str]]] = {}
    for kind in kinds:
        area = kind.partition(".")[0]
        name = words.area(area)
        every = _("all changes")
        areas.setdefault(area, [(area, _said(name, every))]).append((kind, _said(name, words.act(kind))))
    named = [(words.area(area), choices) for area, choices in areas.items()]
    return sorted(named, key=lambda group: group[0])


def _said(name: str, value: object) -> str:
    return gettext("%(name)s: %(value)s") % {"name": name, "value": value}


def _begins(day: date | None) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time.min)) if day else None
