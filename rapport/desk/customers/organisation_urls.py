"""Addresses of organisations."""

from django.urls import path

from rapport.desk.customers import organisations

urlpatterns = [
    path("<int:pk>/", organisations.organisation, name="organisation"),
    path("<int:pk>/domains/", organisations.domains),
]
