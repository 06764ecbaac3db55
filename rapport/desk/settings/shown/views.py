"""What this company sees of Rapport: presets hide what small companies do not need; here it comes back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from rapport.desk.settings.pages import HIDABLE, allowed, show
from rapport.people import installing
from rapport.people.rights import Right


class ShownForm(forms.Form):
    """What is ticked is shown."""

    shown = forms.MultipleChoiceField(
        label=gettext_lazy("Shown"),
        choices=tuple(HIDABLE.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("What is hidden keeps working and keeps what it holds; it only stands in nobody's way."),
    )


@require_http_methods(["GET", "POST"])
def shown(request: HttpRequest) -> HttpResponse:
    """Shows and changes it."""
    me = allowed(request, Right.INSTALLATION)
    hidden = set(installing.current().hidden)
    initial: dict[str, Any] = {"shown": [name for name in HIDABLE if name not in hidden]}
    form = ShownForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        unknown = hidden - set(HIDABLE)
        installing.hide({*HIDABLE, *unknown} - set(form.cleaned_data["shown"]), by=me)
        messages.success(request, _("Saved."))
        return HttpResponseRedirect(reverse("settings_shown"))
    return show(request, "shown/page.html", tab="shown", context={"form": form}, status=400 if form.is_bound else 200)
