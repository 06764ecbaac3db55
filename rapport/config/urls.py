"""All addresses. Faces bring their own; the practice mailbox exists in a demo only."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from rapport.config.health import health
from rapport.config.metrics import metrics

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/", health, name="health"),
    path("metrics", metrics, name="metrics"),
    path("accounts/", include("rapport.desk.account.sign_in_urls")),
    path("ui/", include("rapport.ui.urls")),
    path("", include("rapport.desk.urls")),
]
if settings.ENVIRONMENT.demo:
    urlpatterns.insert(0, path("practice/", include("rapport.demo.urls")))
