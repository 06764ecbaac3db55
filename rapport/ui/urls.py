"""Addresses of the look, mounted under /ui/."""

from django.urls import path

from rapport.ui import views

urlpatterns = [path("style.css", views.style, name="style")]
