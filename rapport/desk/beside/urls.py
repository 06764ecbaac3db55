"""Addresses of the side conversations of one conversation."""

from django.urls import path

from rapport.desk.beside import views

urlpatterns = [
    path("", views.sides),
    path("new/", views.new, name="new_side"),
    path("draft/", views.new_draft),
    path("drafts/<int:draft>/taking/", views.new_taking),
    path("<int:pk>/", views.side, name="side"),
    path("<int:pk>/messages/", views.messages),
    path("<int:pk>/draft/", views.draft),
    path("<int:pk>/drafts/<int:draft>/taking/", views.taking),
    path("<int:pk>/completion/", views.completion),
]
