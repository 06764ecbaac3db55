"""Addresses of the practice mailbox, below /practice/."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from rapport.demo import views


def pages(*, is_open: bool) -> list[URLPattern]:
    """Its pages; open to visitors in the demo, which only this machine reaches."""
    named = (
        ("", views.start, "practice"),
        ("<slug:key>/", views.mailbox, "practice_mailbox"),
        ("<slug:key>/letters/", views.letters, "practice_letters"),
    )
    return [path(where, _opened(view) if is_open else view, name=name) for where, view, name in named]


def _opened(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The same view with open doors; Django's mark would open it wherever else it is mounted."""

    @wraps(view)
    def opened(request: HttpRequest, *args: str, **kwargs: str) -> HttpResponse:
        return view(request, *args, **kwargs)

    return login_not_required(opened)


urlpatterns = pages(is_open=settings.ENVIRONMENT.demo)
