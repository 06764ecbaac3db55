"""Addresses of the page behind a link."""

from django.urls import path

from rapport.desk.invitations import views

urlpatterns = [path("<str:token>/", views.invitation, name="invitation")]
