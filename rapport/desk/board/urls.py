"""Addresses of boards."""

from django.urls import path

from rapport.desk.board import moves, views

urlpatterns = [
    path("inbox/layout/", views.layout, name="layout"),
    path("inbox/board/", views.board, name="board"),
    path("inbox/board/lanes/", views.lane),
    path("inbox/board/counts/", views.counts),
    path("inbox/board/cards/<int:number>/", views.card),
    path("inbox/board/cards/<int:number>/place/", moves.place),
]
