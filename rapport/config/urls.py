"""All addresses. Faces bring their own; a part that is not installed brings none."""

from __future__ import annotations

from importlib.util import find_spec

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from rapport.config.health import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/", health, name="health"),
    path("accounts/", include("rapport.desk.account.sign_in_urls")),
    path("ui/", include("rapport.ui.urls")),
]
if find_spec("rapport.desk.urls"):
    urlpatterns.append(path("", include("rapport.desk.urls")))
if settings.ENVIRONMENT.demo and find_spec("rapport.demo.urls"):
    urlpatterns.insert(0, path("practice/", include("rapport.demo.urls")))
