"""Addresses of the first run."""

from django.urls import path

from rapport.desk.start import steps, views

urlpatterns = [
    path("", views.start, name="start"),
    path("go-on/", steps.go_on, name="start_go_on"),
    path("<slug:step>/", steps.step, name="start_step"),
]
