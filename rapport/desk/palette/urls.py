"""Addresses of the palette."""

from django.urls import path

from rapport.desk.palette import views

urlpatterns = [path("", views.found), path("places/", views.places)]
