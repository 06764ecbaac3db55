"""Whether time spent is noted."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from rapport.desk.settings.pages import allowed, show
from rapport.people import installing
from rapport.people.rights import Right


class TimeForm(forms.Form):
    """One switch."""

    is_noted = forms.BooleanField(
        label=gettext_lazy("Note time spent"),
        required=False,
        help_text=gettext_lazy("Off: nobody is asked, and what was noted stays."),
    )


@require_http_methods(["GET", "POST"])
def time(request: HttpRequest) -> HttpResponse:
    """Shows and changes it."""
    me = allowed(request, Right.INSTALLATION)
    form = TimeForm(request.POST or None, initial={"is_noted": installing.current().time_spent})
    if request.method == "POST":
        form = TimeForm(request.POST)
        if form.is_valid():
            installing.set_time_spent(is_noted=form.cleaned_data["is_noted"], by=me)
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(reverse("settings_time"))
    return show(request, "time/page.html", tab="time", context={"form": form}, status=400 if form.is_bound else 200)
