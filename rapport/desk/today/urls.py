"""Addresses of the start page; mounted at the root."""

from django.urls import path

from rapport.desk.today import views

urlpatterns = [
    path("", views.home, name="home"),
    path("today/", views.today, name="today"),
]
