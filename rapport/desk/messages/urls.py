"""Addresses of one message."""

from django.urls import path

from rapport.desk.messages import views

urlpatterns = [
    path("", views.place, name="message"),
    path("hold/", views.hold),
    path("time/", views.time),
    path("admission/", views.admission),
    path("delivery/", views.delivery),
    path("original/", views.original, name="original"),
    path("frame/", views.frame, name="frame"),
]
