"""Tags: renamed, coloured, described, merged, put away."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rapport.conversations import directory, sorting
from rapport.conversations.errors import ConversationRefusal
from rapport.conversations.models import Tag
from rapport.desk.answers import answered
from rapport.desk.settings.pages import allowed, show
from rapport.people.rights import Right

OPENING = (Right.INSTALLATION, Right.TEAM_SETTINGS)


class TagForm(forms.Form):
    """A tag as it should be."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    colour = forms.ChoiceField(label=gettext_lazy("Colour"), choices=Tag.Colour.choices, required=False)
    description = forms.CharField(
        label=gettext_lazy("Description"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Shown where it is offered: when it should be used."),
    )

    def __init__(self, data: Any = None, *, tag: Tag) -> None:
        super().__init__(data, initial={name: getattr(tag, name) for name in ("name", "colour", "description")})


@require_safe
def tags(request: HttpRequest) -> HttpResponse:
    """A page of them by name, with how often each is used."""
    allowed(request, *OPENING)
    words, archived = request.GET.get("q", ""), bool(request.GET.get("archived"))
    found, following = sorting.listed(words, after=request.GET.get("after", "")[:60], archived=archived)
    kept = {"q": words, "archived": "yes" if archived else ""}
    context = {
        "tags": found,
        "words": words,
        "archived": archived,
        "most": sorting.COUNTED,
        "more": urlencode({**{name: value for name, value in kept.items() if value}, "after": following}),
        "has_more": bool(following),
    }
    return show(request, "tags/page.html", tab="tags", context=context)


@require_http_methods(["GET", "POST"])
def tag(request: HttpRequest, pk: int) -> HttpResponse:
    """One tag."""
    me = allowed(request, *OPENING)
    found = sorting.get(me, pk)
    form = TagForm(request.POST or None, tag=found)
    if request.method == "POST" and form.is_valid():
        entered = form.cleaned_data
        try:
            sorting.change(found, sorting.Named(entered["name"], entered["colour"], entered["description"]), by=me)
        except ConversationRefusal as refusal:
            form.add_error("name", str(refusal))
            found.refresh_from_db()
        else:
            return _saved(request, _("Saved."))
    context = {"form": form, "tag": found, "merged": sorting.merged_into(found), "known_tags": directory.read().tags}
    return show(request, "tags/tag.html", tab="tags", context=context, status=400 if form.is_bound else 200)


@require_POST
@answered
def archive(request: HttpRequest, pk: int) -> HttpResponse:
    """Out of the suggestions."""
    me = allowed(request, *OPENING)
    sorting.set_archived(sorting.get(me, pk), archived=True, by=me)
    return _saved(request, _("Archived. Conversations keep it, and nobody is offered it."))


@require_POST
@answered
def restoration(request: HttpRequest, pk: int) -> HttpResponse:
    """Back into the suggestions."""
    me = allowed(request, *OPENING)
    sorting.set_archived(sorting.get(me, pk), archived=False, by=me)
    return _saved(request, _("Restored."))


@require_POST
@answered
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Let another tag, named by its word, stand for this one."""
    me = allowed(request, *OPENING)
    into = sorting.merge(sorting.get(me, pk), into=sorting.named(me, request.POST.get("into_name", "")), by=me)
    messages.success(request, _("Merged. It can be undone below."))
    return HttpResponseRedirect(reverse("settings_tag", args=[into.pk]))


@require_POST
@answered
def undo_merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a merged tag stand for itself again."""
    me = allowed(request, *OPENING)
    found = sorting.undo_merge(sorting.get(me, pk), by=me)
    messages.success(request, _("“%(name)s” stands for itself again.") % {"name": found.name})
    return HttpResponseRedirect(reverse("settings_tag", args=[found.pk]))


def _saved(request: HttpRequest, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return HttpResponseRedirect(reverse("settings_tags"))
