"""Checklists: steps that are the same each time."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from rapport.conversations import shaping
from rapport.conversations.errors import ConversationRefusal
from rapport.conversations.models import ChecklistTemplate
from rapport.desk.answers import answered
from rapport.desk.settings.pages import allowed, show
from rapport.people.rights import Right


class ChecklistForm(forms.Form):
    """A name, and a step a line."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    items = forms.CharField(
        label=gettext_lazy("Steps"),
        max_length=15_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("One a line."),
    )

    def __init__(self, data: Any = None, *, template: ChecklistTemplate | None = None) -> None:
        super().__init__(
            data, initial={"name": template.name, "items": "\n".join(template.items)} if template else None
        )


@require_http_methods(["GET", "POST"])
def checklists(request: HttpRequest) -> HttpResponse:
    """All of them, and a form for a new one."""
    me = allowed(request, Right.INSTALLATION)
    form = ChecklistForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        entered = form.cleaned_data
        try:
            shaping.create_checklist(entered["name"], items=entered["items"].splitlines(), by=me)
        except ConversationRefusal as refusal:
            form.add_error("items", str(refusal))
        else:
            return _saved(request, _("The checklist is there. Agents add it in the side panel."))
    rows = list(ChecklistTemplate.objects.order_by("name", "pk"))
    context = {
        "form": form,
        "checklists": [row for row in rows if row.archived_at is None],
        "archived": [row for row in rows if row.archived_at is not None],
    }
    status = 400 if form.is_bound else 200
    return show(request, "checklists/page.html", tab="checklists", context=context, status=status)


@require_http_methods(["GET", "POST"])
def checklist(request: HttpRequest, pk: int) -> HttpResponse:
    """One of them."""
    me = allowed(request, Right.INSTALLATION)
    found = get_object_or_404(ChecklistTemplate, pk=pk)
    form = ChecklistForm(request.POST or None, template=found)
    if request.method == "POST" and form.is_valid():
        entered = form.cleaned_data
        try:
            shaping.change_checklist(found, name=entered["name"], items=entered["items"].splitlines(), by=me)
        except ConversationRefusal as refusal:
            form.add_error("items", str(refusal))
        else:
            return _saved(request, _("Saved. Lists that were added already stay as they are."))
    status = 400 if form.is_bound else 200
    context = {"form": form, "template_row": found}
    return show(request, "checklists/checklist.html", tab="checklists", context=context, status=status)


@require_POST
@answered
def archive(request: HttpRequest, pk: int) -> HttpResponse:
    """Nobody can add it any more."""
    shaping.archive(get_object_or_404(ChecklistTemplate, pk=pk), by=allowed(request, Right.INSTALLATION))
    return _saved(request, _("Archived. Lists that were added stay."))


@require_POST
@answered
def restoration(request: HttpRequest, pk: int) -> HttpResponse:
    """It can be added again."""
    shaping.restore(get_object_or_404(ChecklistTemplate, pk=pk), by=allowed(request, Right.INSTALLATION))
    return _saved(request, _("Restored."))


def _saved(request: HttpRequest, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return HttpResponseRedirect(reverse("settings_checklists"))
