"""All addresses. Faces bring their own."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from rapport.config.health import health
from rapport.config.metrics import metrics

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/", health, name="health"),
    path("metrics", metrics, name="metrics"),
    path("accounts/", include("rapport.desk.account.sign_in_urls")),
    path("ui/", include("rapport.ui.urls")),
    path("practice/", include("rapport.demo.urls")),
    path("", include("rapport.desk.urls")),
]
