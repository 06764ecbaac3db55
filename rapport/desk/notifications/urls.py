"""Addresses of the bell."""

from django.urls import path

from rapport.desk.notifications import views

urlpatterns = [
    path("", views.notifications, name="notifications"),
    path("panel/", views.panel, name="notifications_panel"),
    path("count/", views.count, name="notifications_count"),
    path("seen/", views.seen, name="notifications_seen"),
]
