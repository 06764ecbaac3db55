"""Addresses of the live stream; mounted at the root."""

from django.urls import path

from rapport.desk.live import views

urlpatterns = [
    path("live/", views.live, name="live"),
    path("conversations/<int:number>/presence/", views.presence, name="presence"),
]
