"""Addresses of the inbox."""

from django.urls import path

from rapport.desk.inbox import bulk, display, views, words

urlpatterns = [
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/rows/", views.rows, name="rows"),
    path("inbox/rows/<int:number>/", views.row, name="row"),
    path("inbox/counts/", views.counts, name="counts"),
    path("inbox/counts/saved/", views.saved_counts, name="saved_counts"),
    path("inbox/display/", display.display, name="display"),
    path("inbox/bulk/", bulk.bulk, name="bulk"),
    path("inbox/bulk/choices/", bulk.choices),
    path("inbox/bulk/undo/<str:token>/", bulk.undo),
    path("inbox/words/", words.words, name="words"),
    path("inbox/words/<str:key>/", words.result),
    path("inbox/words/<str:key>/taking-back/", words.taking_back),
]
