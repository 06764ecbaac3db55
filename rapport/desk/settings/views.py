"""The way into the settings."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from rapport.desk.entering import signed_in
from rapport.desk.settings.pages import tabs_of
from rapport.people.errors import NotAllowed


@require_safe
def settings(request: HttpRequest) -> HttpResponse:
    """Leads to the first page this account may open. Raises NotAllowed when there is none."""
    open_to_them = tabs_of(signed_in(request))
    if not open_to_them:
        raise NotAllowed
    return HttpResponseRedirect(reverse(open_to_them[0][2]))
