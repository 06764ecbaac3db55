"""Addresses of the practice mailbox, below /practice/."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, path

from rapport.demo import views


def pages(*, is_open: bool) -> list[URLPattern]:
    """Its pages; open to visitors in the demo, which only this machine reaches."""
    named = (
        ("", views.start, "practice"),
        ("<slug:key>/", views.mailbox, "practice_mailbox"),
        ("<slug:key>/letters/", views.letters, "practice_letters"),
    )
    return [path(where, login_not_required(view) if is_open else view, name=name) for where, view, name in named]


urlpatterns = pages(is_open=settings.ENVIRONMENT.demo)
