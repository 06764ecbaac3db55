"""Addresses of one's own account."""

from django.urls import path

from rapport.desk.account import told, views

urlpatterns = [
    path("", views.account, name="account"),
    path("notifications/", told.notifications, name="account_notifications"),
    path("notifications/<str:topic>/", told.notification, name="account_notification"),
    path("writing/", views.writing, name="account_writing"),
    path("sessions/closure/", views.other_sessions_closure, name="account_other_sessions_closure"),
    path("sessions/<int:pk>/closure/", views.session_closure, name="account_session_closure"),
]
