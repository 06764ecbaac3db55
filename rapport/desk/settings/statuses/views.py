"""Statuses of the company's own, and which steps between statuses are allowed."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rapport.conversations import catalogue, shaping, standing
from rapport.conversations.errors import ConversationRefusal
from rapport.conversations.models import OwnStatus
from rapport.desk.answers import answered
from rapport.desk.settings.pages import allowed, show
from rapport.desk.settings.statuses.forms import StatusForm
from rapport.people.rights import Right


@dataclass(frozen=True, slots=True)
class Step:
    """A cell of the table of moves; `name` of its checkbox."""

    name: str
    label: str
    allowed: bool
    same: bool


@require_http_methods(["GET", "POST"])
def statuses(request: HttpRequest) -> HttpResponse:
    """The company's own, a form for a new one, and the table of moves."""
    me = allowed(request, Right.INSTALLATION)
    form = StatusForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        entered = form.cleaned_data
        try:
            shaping.create_status(entered["name"], kind=entered["kind"], days=entered["days"], by=me)
        except ConversationRefusal as refusal:
            form.add_error("name", str(refusal))
        else:
            return _saved(request, _("The status is there. Agents find it in the menus of a conversation."))
    rows = list(OwnStatus.objects.order_by("position", "pk"))
    context = {
        "form": form,
        "statuses": [row for row in rows if row.archived_at is None],
        "archived": [row for row in rows if row.archived_at is not None],
        **_moves(),
    }
    return show(request, "statuses/page.html", tab="statuses", context=context, status=400 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def status(request: HttpRequest, pk: int) -> HttpResponse:
    """One of them."""
    me = allowed(request, Right.INSTALLATION)
    found = get_object_or_404(OwnStatus, pk=pk)
    form = StatusForm(request.POST or None, status=found)
    if request.method == "POST" and form.is_valid():
        entered = form.cleaned_data
        try:
            shaping.change_status(found, name=entered["name"], days=entered.get("days"), by=me)
        except ConversationRefusal as refusal:
            form.add_error("name", str(refusal))
        else:
            return _saved(request, _("Saved."))
    context = {"form": form, "status_row": found}
    return show(request, "statuses/status.html", tab="statuses", context=context, status=400 if form.is_bound else 200)


@require_POST
@answered
def moves(request: HttpRequest) -> HttpResponse:
    """Which steps are allowed: every `move` that is ticked."""
    me = allowed(request, Right.INSTALLATION)
    ticked = set(request.POST.getlist("move"))
    keys = shaping.movable()
    forbidden = [(a, b) for a in keys for b in keys if a != b and f"{a}>{b}" not in ticked]
    shaping.set_moves(forbidden, by=me)
    return _saved(request, _("Saved. People can take these steps only."))


@require_POST
@answered
def archive(request: HttpRequest, pk: int) -> HttpResponse:
    """Nobody can choose it any more."""
    shaping.archive(get_object_or_404(OwnStatus, pk=pk), by=allowed(request, Right.INSTALLATION))
    return _saved(request, _("Archived. Conversations that stand in it keep it until they move on."))


@require_POST
@answered
def restoration(request: HttpRequest, pk: int) -> HttpResponse:
    """It can be chosen again."""
    shaping.restore(get_object_or_404(OwnStatus, pk=pk), by=allowed(request, Right.INSTALLATION))
    return _saved(request, _("Restored."))


@require_POST
@answered
def position(request: HttpRequest, pk: int) -> HttpResponse:
    """One place up or down."""
    me = allowed(request, Right.INSTALLATION)
    shaping.move(get_object_or_404(OwnStatus, pk=pk), up=request.POST.get("up") == "yes", by=me)
    return HttpResponseRedirect(reverse("settings_statuses"))


def _moves() -> dict[str, object]:
    known, keys = catalogue.read(), shaping.movable()
    names = {key: standing.name_of(known, key) for key in keys}
    rows = []
    for source in keys:
        label = _("From %(source)s to %(target)s")
        cells = [
            Step(
                f"{source}>{target}",
                label % {"source": names[source], "target": names[target]},
                (source, target) not in known.forbidden,
                source == target,
            )
            for target in keys
        ]
        rows.append((names[source], cells))
    return {"targets": [names[key] for key in keys], "rows": rows}


def _saved(request: HttpRequest, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return HttpResponseRedirect(reverse("settings_statuses"))
