"""The audit log: who changed which setting, and what stood there before."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from rapport.desk.answers import number_of
from rapport.desk.settings.audit import words
from rapport.desk.settings.audit.forms import AuditForm
from rapport.desk.settings.pages import allowed, show
from rapport.events import listing
from rapport.events.listing import Asked
from rapport.kit import clock, spreadsheets
from rapport.people import access
from rapport.people.models import Account
from rapport.people.rights import Right
from rapport.ui.handoff import MadeHandOff

_FILTERS = ("who", "what", "since", "until")


@require_safe
def audit(request: HttpRequest) -> HttpResponseBase:
    """A page of it, newest first."""
    me = allowed(request, Right.AUDIT)
    form = _form(request, me)
    asked = form.asked() if form.is_valid() else Asked()
    found, following = listing.audited(asked, after=number_of(request.GET.get("after")))
    names = dict(
        access.accounts_visible_to(me).filter(pk__in={one.actor_id for one in found}).values_list("pk", "name")
    )
    chosen = {name: request.GET[name] for name in _FILTERS if request.GET.get(name)}
    context = {
        "form": form,
        "entries": [words.entry(event, names) for event in found],
        "older": urlencode({**chosen, "after": following}) if following else "",
        "export": urlencode(chosen),
        "is_filtered": bool(chosen),
    }
    status = 200 if form.is_valid() else 400
    return show(request, "audit/page.html", tab="audit", context=context, status=status)


@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """All that was asked for, however long, as a table for spreadsheets: a line for each field that changed."""
    me = allowed(request, Right.AUDIT)
    form = _form(request, me)
    asked = form.asked() if form.is_valid() else Asked()
    names = dict(access.accounts_visible_to(me).values_list("pk", "name"))
    header = [_("When (UTC)"), _("Who"), _("What"), _("Name"), _("Act"), _("Field"), _("Before"), _("After")]
    day = timezone.localtime(clock.now()).date().isoformat()
    make = partial(_made, asked, names, header, translation.get_language() or "en")
    headers = {"Content-Disposition": f'attachment; filename="audit-{day}.csv"', "Cache-Control": "no-store"}
    return MadeHandOff(make, content_type="text/csv; charset=utf-8", headers=headers, once=True)


def _form(request: HttpRequest, me: Account) -> AuditForm:
    return AuditForm(request.GET, me=me, kinds=listing.kinds_known())


def _made(asked: Asked, names: Mapping[int, str], header: list[str], language: str) -> Path:
    """Runs beside the page thread."""
    folder = Path(settings.ENVIRONMENT.home) / "spool"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, suffix=".csv", delete=False) as file:
        path = Path(file.name)
    with translation.override(language):
        return spreadsheets.write(path, header, _lines(asked, names))


def _lines(asked: Asked, names: Mapping[int, str]) -> Iterator[list[Any]]:
    for event in listing.all_audited(asked):
        one = words.entry(event, names)
        told = [one.at, one.who or "Rapport", one.area, one.name, one.act]
        for difference in one.differences:
            after = _("changed") if difference.secret else difference.after
            yield [*told, difference.field, difference.before, after]
        if not one.differences:
            yield [*told, "", "", ""]
