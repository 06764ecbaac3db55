"""Addresses of the company's own look."""

from django.urls import path

from rapport.desk.appearance import views

urlpatterns = [
    path("appearance/<slug:version>.css", views.sheet, name="appearance_sheet"),
    path("appearance/logo/<str:sha256>.webp", views.logo, name="appearance_logo"),
]
