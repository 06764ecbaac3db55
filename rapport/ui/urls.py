"""Addresses of the look, mounted under /ui/."""

from django.urls import path

from rapport.ui import installable, views

urlpatterns = [
    path("style.css", views.style, name="style"),
    path("manifest.webmanifest", installable.manifest, name="manifest"),
    path("worker.js", installable.worker, name="worker"),
    path("offline/", installable.offline, name="offline"),
]
