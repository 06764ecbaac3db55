"""When the company answers."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from rapport.desk.settings.hours.forms import HoursForm, initial_of
from rapport.desk.settings.pages import allowed, show
from rapport.hours import keeping
from rapport.kit import clock
from rapport.people.rights import Right


@require_http_methods(["GET", "POST"])
def hours(request: HttpRequest) -> HttpResponse:
    """Shows and changes the week."""
    me = allowed(request, Right.INSTALLATION)
    week = keeping.current()
    form = HoursForm(request.POST or None, initial=initial_of(week) if week else {"time_zone": settings.TIME_ZONE})
    if request.method == "POST" and form.is_valid():
        keeping.keep(form.week(), by=me)
        messages.success(request, _("Saved."))
        return HttpResponseRedirect(reverse("settings_hours"))
    now = clock.now()
    context = {
        "form": form,
        "week": week,
        "is_open": week is not None and week.is_open_at(now),
        "opens": week.next_opening(now) if week else None,
    }
    return show(request, "hours/page.html", tab="hours", context=context, status=400 if form.is_bound else 200)
