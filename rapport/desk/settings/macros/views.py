"""Macros are kept here: one's own by everybody who answers, those of teams and of all by who keeps the settings."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rapport.conversations import applying, authoring
from rapport.conversations.errors import ConversationRefusal
from rapport.conversations.models import Macro
from rapport.desk.settings.macros.forms import MacroForm
from rapport.desk.settings.pages import allowed, show
from rapport.people import access
from rapport.people.models import Account
from rapport.people.rights import Right

OPENING = (Right.REPLY, Right.NOTE)


@require_http_methods(["GET", "POST"])
def macros(request: HttpRequest) -> HttpResponse:
    """All that this account may change, and a form for a new one."""
    me = allowed(request, *OPENING)
    form = MacroForm(request.POST or None, me=me)
    if request.method == "POST" and form.is_valid():
        refusal = _stored(form, None, me)
        if refusal is None:
            return _saved(request)
        form.add_error(None, refusal)
    found = authoring.changeable_by(me)
    own = {one.pk for one in found}
    context = {
        "form": form,
        "macros": [one for one in found if one.archived_at is None],
        "archived": [one for one in found if one.archived_at is not None],
        "others": [one for one in authoring.visible_to(me).select_related("team") if one.pk not in own],
        "names": applying.NAMES,
        "words_html": form.data.get("body", "") if form.data.get("format") == "html" else "",
    }
    return show(request, "macros/page.html", tab="macros", context=context, status=400 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def macro(request: HttpRequest, pk: int) -> HttpResponse:
    """One macro's words and acts."""
    me = allowed(request, *OPENING)
    found = _changeable(me, pk)
    form = MacroForm(request.POST or None, me=me, macro=found)
    if request.method == "POST" and form.is_valid():
        refusal = _stored(form, found, me)
        if refusal is None:
            return _saved(request)
        form.add_error(None, refusal)
    context = {"form": form, "macro": found, "names": applying.NAMES, "words_html": found.html}
    return show(request, "macros/macro.html", tab="macros", context=context, status=400 if form.is_bound else 200)


@require_POST
def archive(request: HttpRequest, pk: int) -> HttpResponse:
    """Out of the menus."""
    me = allowed(request, *OPENING)
    authoring.archive(_changeable(me, pk), by=me)
    messages.success(request, _("Archived. It is in no menu any more."))
    return HttpResponseRedirect(reverse("settings_macros"))


@require_POST
def restoration(request: HttpRequest, pk: int) -> HttpResponse:
    """Back into the menus."""
    me = allowed(request, *OPENING)
    authoring.restore(_changeable(me, pk), by=me)
    return _saved(request)


def _changeable(me: Account, pk: int) -> Macro:
    return get_object_or_404(authoring.changeable_by(me), pk=pk)


def _saved(request: HttpRequest) -> HttpResponse:
    messages.success(request, _("Saved."))
    return HttpResponseRedirect(reverse("settings_macros"))


def _stored(form: MacroForm, macro: Macro | None, me: Account) -> str | None:
    """Store what was entered; the sentence of a refusal, if it was refused."""
    try:
        if macro is not None:
            authoring.change(macro, form.prepared(), by=me)
            return None
        kind, _colon, number = form.cleaned_data["audience"].partition(":")
        team = access.get_managed_team(me, int(number)) if kind == "team" else None
        authoring.create(form.prepared(), by=me, owner=me if kind == "me" else None, team=team)
    except ConversationRefusal as refusal:
        return str(refusal)
    return None
