"""The blocklist: who is blocked, why, by whom, and how much that has stopped."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from rapport.desk.answers import number_of
from rapport.desk.settings.pages import allowed, show
from rapport.people import blocking
from rapport.people.errors import PeopleRefusal
from rapport.people.models import BlockedSender
from rapport.people.rights import Right

PAGE = 100
OPENING = (Right.INSTALLATION, Right.TEAM_SETTINGS)


class BlockForm(forms.Form):
    """An address or a domain, and why."""

    value = forms.CharField(
        label=gettext_lazy("Address or domain"),
        max_length=254,
        help_text=gettext_lazy("name@example.org for one sender, example.org for everybody there."),
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200, required=False)


@require_http_methods(["GET", "POST"])
def blocklist(request: HttpRequest) -> HttpResponse:
    """All of it, newest first, and a form for one more."""
    me = allowed(request, *OPENING)
    form = BlockForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            blocking.block(form.cleaned_data["value"], reason=form.cleaned_data["reason"], by=me)
        except PeopleRefusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Blocked. What comes from there goes to the spam."))
            return HttpResponseRedirect(reverse("settings_blocklist"))
    before = number_of(request.GET.get("before"))
    rows = BlockedSender.objects.select_related("by").order_by("-pk")
    found = list((rows.filter(pk__lt=before) if before else rows)[: PAGE + 1])
    context = {"form": form, "rows": found[:PAGE], "before": found[PAGE - 1].pk if len(found) > PAGE else None}
    return show(request, "blocklist/page.html", tab="blocklist", context=context, status=400 if form.is_bound else 200)


@require_POST
def removal(request: HttpRequest, pk: int) -> HttpResponse:
    """Let it arrive again."""
    me = allowed(request, *OPENING)
    blocking.unblock(get_object_or_404(BlockedSender, pk=pk), by=me)
    messages.success(request, _("Not blocked any more. What was stopped lies in the spam."))
    return HttpResponseRedirect(reverse("settings_blocklist"))
