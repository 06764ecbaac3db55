"""Addresses of the conversation that does not exist yet."""

from django.urls import path

from rapport.desk.beginning import views

urlpatterns = [
    path("new/", views.new, name="new_conversation"),
    path("new/draft/", views.draft),
    path("new/send-times/", views.send_times),
]
