"""Addresses of the practice mailbox, below /practice/."""

from django.urls import path

from rapport.demo import views

urlpatterns = [
    path("", views.start, name="practice"),
    path("<slug:key>/", views.mailbox, name="practice_mailbox"),
    path("<slug:key>/letters/", views.letters, name="practice_letters"),
]
