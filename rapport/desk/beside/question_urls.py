"""Addresses of the questions that a conversation asks colleagues by mail."""

from django.urls import path

from rapport.desk.beside import questions

urlpatterns = [
    path("", questions.questions),
    path("new/", questions.new),
    path("draft/", questions.draft),
    path("drafts/<int:draft>/taking/", questions.taking),
]
