"""Addresses of what waits to go out."""

from django.urls import path

from rapport.desk.later import views

urlpatterns = [path("", views.later, name="later")]
