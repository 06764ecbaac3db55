"""Addresses of one's own account."""

from django.urls import path

from rapport.desk.account import views

urlpatterns = [
    path("", views.account, name="account"),
    path("sessions/closure/", views.other_sessions_closure, name="account_other_sessions_closure"),
    path("sessions/<int:pk>/closure/", views.session_closure, name="account_session_closure"),
]
