"""Custom fields: what is filled in on conversations."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rapport.conversations import shaping
from rapport.conversations.errors import ConversationRefusal
from rapport.conversations.models import CustomField
from rapport.desk.answers import answered
from rapport.desk.settings.fields.forms import FieldForm
from rapport.desk.settings.pages import allowed, show
from rapport.people.rights import Right


@require_http_methods(["GET", "POST"])
def fields(request: HttpRequest) -> HttpResponse:
    """All of them in order, and a form for a new one."""
    me = allowed(request, Right.INSTALLATION)
    form = FieldForm(request.POST or None, me=me)
    if request.method == "POST" and form.is_valid():
        try:
            shaping.define(form.described(), by=me)
        except ConversationRefusal as refusal:
            form.add_error(None, str(refusal))
        else:
            return _saved(request, _("The field is there. Agents see it in the side panel."))
    rows = list(CustomField.objects.select_related("team", "parent").order_by("position", "pk"))
    context = {
        "form": form,
        "fields": [row for row in rows if row.archived_at is None],
        "archived": [row for row in rows if row.archived_at is not None],
    }
    return show(request, "fields/page.html", tab="fields", context=context, status=400 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def field(request: HttpRequest, pk: int) -> HttpResponse:
    """One field."""
    me = allowed(request, Right.INSTALLATION)
    found = _get(pk)
    form = FieldForm(request.POST or None, me=me, field=found)
    if request.method == "POST" and form.is_valid():
        try:
            shaping.redefine(found, form.described(), by=me)
        except ConversationRefusal as refusal:
            form.add_error(None, str(refusal))
        else:
            return _saved(request, _("Saved."))
    context = {"form": form, "field_row": found}
    return show(request, "fields/field.html", tab="fields", context=context, status=400 if form.is_bound else 200)


@require_POST
@answered
def archive(request: HttpRequest, pk: int) -> HttpResponse:
    """No longer asked for."""
    shaping.archive(_get(pk), by=allowed(request, Right.INSTALLATION))
    return _saved(request, _("Archived. What was filled in stays where it is."))


@require_POST
@answered
def restoration(request: HttpRequest, pk: int) -> HttpResponse:
    """Asked for again."""
    shaping.restore(_get(pk), by=allowed(request, Right.INSTALLATION))
    return _saved(request, _("Restored."))


@require_POST
@answered
def position(request: HttpRequest, pk: int) -> HttpResponse:
    """One place up or down."""
    me = allowed(request, Right.INSTALLATION)
    shaping.move(_get(pk), up=request.POST.get("up") == "yes", by=me)
    return HttpResponseRedirect(reverse("settings_fields"))


def _get(pk: int) -> CustomField:
    return get_object_or_404(CustomField.objects.select_related("team", "parent"), pk=pk)


def _saved(request: HttpRequest, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return HttpResponseRedirect(reverse("settings_fields"))
