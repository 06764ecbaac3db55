"""Addresses of one conversation: nouns, acted upon by POST and DELETE."""

from django.urls import path

from rapport.desk.conversation import acts, joining, macros, views, working, writing

urlpatterns = [
    path("", views.conversation, name="conversation"),
    path("sync/", views.sync),
    path("composer/", views.composer),
    path("read/", views.read),
    path("replies/", writing.replies, name="replies"),
    path("notes/", writing.notes, name="notes"),
    path("draft/", writing.draft),
    path("send-times/", writing.send_times),
    path("drafts/<int:pk>/taking/", writing.taking),
    path("macros/", macros.macros),
    path("macros/<int:pk>/", macros.application),
    path("assignment/", acts.assignment),
    path("team/", acts.team),
    path("tags/", acts.tags),
    path("closure/", acts.closure),
    path("snooze/", acts.snooze),
    path("status/", working.status),
    path("fields/<int:pk>/", working.value),
    path("checklists/", working.checklists),
    path("checklists/<int:pk>/removal/", working.checklist_removal),
    path("checklists/<int:pk>/items/<int:item>/", working.item),
    path("time/", working.times),
    path("time/<int:pk>/", working.time),
    path("spam/", acts.spam),
    path("merge/", joining.merge_page, name="merge"),
    path("merge/into/", acts.merge),
    path("merge/undo/", acts.undo_merge),
    path("split/", joining.split_page, name="split"),
    path("split/undo/", acts.undo_split),
    path("following/", acts.follow),
    path("priority/", acts.priority),
    path("stage/", acts.stage),
    path("subject/", views.subject_page, name="subject"),
    path("subject/change/", acts.subject),
]
