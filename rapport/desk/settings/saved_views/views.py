"""Saved views are made and changed here, and everybody arranges their own rail."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rapport.conversations import arranging, filtering, listing, looking, ordering, saving_views
from rapport.conversations.errors import ConversationRefusal
from rapport.conversations.filtering import Filter, Group
from rapport.conversations.models import View
from rapport.desk.answers import answered, is_part
from rapport.desk.inbox import panes
from rapport.desk.inbox.rows import shown
from rapport.desk.settings.pages import allowed, show
from rapport.desk.settings.saved_views import building, icons
from rapport.desk.settings.saved_views.forms import ViewForm
from rapport.people import access
from rapport.people.models import Account
from rapport.people.rights import Right

OPENING = (Right.REPLY, Right.NOTE)
PREVIEWED = 6
_COUNTED = 1000


@require_safe
def views(request: HttpRequest) -> HttpResponse:
    """The rail as it is, to be arranged, and all saved views that this account may change."""
    me = allowed(request, *OPENING)
    arrangement = arranging.of(me)
    found = list(saving_views.changeable_by(me))
    rail = [*panes.standard(listing.counts(me)), *panes.saved(me)]
    places = {key: at for at, key in enumerate(arrangement.places)}
    context = {
        "views": [one for one in found if one.archived_at is None],
        "archived": [one for one in found if one.archived_at is not None],
        "groups": [
            (title, sorted(some, key=lambda one: places.get(one.key, len(places))))
            for title, some in (
                (_("Views"), [one for one in rail if not one.is_saved]),
                (_("Saved views"), [one for one in rail if one.is_saved]),
            )
            if some
        ],
        "hidden": arrangement.hidden,
    }
    return show(request, "views/page.html", tab="views", context=context)


@require_POST
@answered
def arrangement(request: HttpRequest) -> HttpResponseBase:
    """Remember the sequence of the rail and what it leaves out; one button moves a view up or down by one."""
    me = allowed(request, *OPENING)
    keys = request.POST.getlist("place")
    shown_keys = set(request.POST.getlist("shown"))
    moved, _colon, key = request.POST.get("move", "").partition(":")
    if key in keys:
        at = keys.index(key)
        to = max(0, at - 1) if moved == "up" else min(len(keys) - 1, at + 1)
        keys.insert(to, keys.pop(at))
    arranging.place(me, keys, hidden=[one for one in keys if one not in shown_keys])
    if is_part(request):
        return HttpResponse(status=204)
    if not key:
        messages.success(request, _("Saved."))
    return HttpResponseRedirect(reverse("settings_views") + (f"#place-{key}" if key else ""))


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A view that does not exist yet."""
    me = allowed(request, *OPENING)
    return _edited(request, me, None)


@require_http_methods(["GET", "POST"])
def view(request: HttpRequest, pk: int) -> HttpResponse:
    """One view's conditions: to be changed by who may, to be read by who only sees it."""
    me = allowed(request, *OPENING)
    found = saving_views.changeable_by(me).filter(pk=pk).first() if pk < 2**63 else None
    if found is not None:
        return _edited(request, me, found)
    seen = get_object_or_404(saving_views.visible_to(me).select_related("team"), pk=pk)
    if request.method == "POST":
        return HttpResponse(status=403)
    groups = building.groups_of(saving_views.filter_of(seen))
    told = [(group.any, [building.sentence(one) for one in filtering.each(group.parts)]) for group in groups]
    context = {"seen": seen, "groups": told, "order": ordering.of(seen.ordering)}
    return show(request, "views/seen.html", tab="views", context=context)


@require_safe
@answered
def preview(request: HttpRequest) -> HttpResponseBase:
    """How many the conditions of the form hold for, and the first of them."""
    me = allowed(request, *OPENING)
    groups = building.read(request.GET)
    chosen = building.filter_of(groups)
    order = ordering.of(request.GET.get("ordering", ""))
    found = looking.page(me, chosen, order=order, limit=_COUNTED)
    page = listing.page_of_keys(me, found.keys[:PREVIEWED], after=None)
    context = {"count": len(found.keys), "is_all": found.after is None, "most": _COUNTED, "rows": shown(page.rows)}
    context |= {"is_full": found.is_full, "problems": building.problems(groups)}
    return render(request, "desk/settings/views/_preview.html", context)


@require_POST
def archive(request: HttpRequest, pk: int) -> HttpResponse:
    """Out of every rail."""
    me = allowed(request, *OPENING)
    saving_views.archive(_changeable(me, pk), by=me)
    messages.success(request, _("Archived. It is in no rail any more."))
    return HttpResponseRedirect(reverse("settings_views"))


@require_POST
def restoration(request: HttpRequest, pk: int) -> HttpResponse:
    """Back into the rails."""
    me = allowed(request, *OPENING)
    saving_views.restore(_changeable(me, pk), by=me)
    messages.success(request, _("Saved."))
    return HttpResponseRedirect(reverse("settings_views"))


def _edited(request: HttpRequest, me: Account, found: View | None) -> HttpResponse:
    form = ViewForm(request.POST or None, me=me, view=found)
    groups = building.read(request.POST) if request.method == "POST" else _groups(request, found)
    if "redraw" in request.POST:
        groups = building.redrawn(groups, request.POST["redraw"])
        if is_part(request):
            return render(
                request, "desk/settings/views/_conditions.html", {"groups": building.shown(groups, is_tried=False)}
            )
        form.errors.clear()  # nothing was to be saved yet
        return _page(request, form, found, groups)
    if request.method == "POST" and form.is_valid():
        try:
            saved = _stored(form, found, me, building.filter_of(groups))
        except ConversationRefusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(f"{reverse('inbox')}?view={saved.key}")
    return _page(request, form, found, groups, status=400 if form.is_bound else 200)


def _page(
    request: HttpRequest, form: ViewForm, found: View | None, groups: list[Group], status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "found": found, "groups": building.shown(groups)}
    context["icons"] = icons.named()
    return show(request, "views/view.html", tab="views", context=context, status=status)


def _groups(request: HttpRequest, found: View | None) -> list[Group]:
    """What the page begins with: the view's own conditions, those of a search (`q`), else the open ones."""
    if found is not None:
        return building.groups_of(saving_views.filter_of(found))
    written = filtering.parse_query(request.GET.get("q", "") or "status:open")
    return building.groups_of(Filter(written.conditions))


def _stored(form: ViewForm, found: View | None, me: Account, condition: Filter) -> View:
    if found is not None:
        return saving_views.change(found, form.prepared(condition), by=me)
    kind, _colon, number = form.cleaned_data["audience"].partition(":")
    team = access.get_managed_team(me, int(number)) if kind == "team" else None
    return saving_views.create(form.prepared(condition), by=me, owner=me if kind == "me" else None, team=team)


def _changeable(me: Account, pk: int) -> View:
    return get_object_or_404(saving_views.changeable_by(me), pk=pk)
