"""All addresses of the staff's face; each page brings its own."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from rapport.desk import languages

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("rapport.desk.today.urls")),
    path("", include("rapport.desk.inbox.urls")),
    path("", include("rapport.desk.board.urls")),
    path("conversations/", include("rapport.desk.beginning.urls")),
    path("conversations/<int:number>/", include("rapport.desk.conversation.urls")),
    path("conversations/<int:number>/sides/", include("rapport.desk.beside.urls")),
    path("conversations/<int:number>/questions/", include("rapport.desk.beside.question_urls")),
    path("messages/<int:pk>/", include("rapport.desk.messages.urls")),
    path("later/", include("rapport.desk.later.urls")),
    path("palette/", include("rapport.desk.palette.urls")),
    path("customers/", include("rapport.desk.customers.urls")),
    path("organisations/", include("rapport.desk.customers.organisation_urls")),
    path("files/", include("rapport.desk.files.urls")),
    path("", include("rapport.desk.search.urls")),
    path("", include("rapport.desk.uploads.urls")),
    path("language/", languages.language, name="language"),
    path("invitations/", include("rapport.desk.invitations.urls")),
    path("start/", include("rapport.desk.start.urls")),
    path("account/", include("rapport.desk.account.urls")),
    path("settings/", include("rapport.desk.settings.urls")),
    path("", include("rapport.desk.appearance.urls")),
    path("notifications/", include("rapport.desk.notifications.urls")),
    path("status/", include("rapport.desk.status.urls")),
    path("", include("rapport.desk.live.urls")),
]
