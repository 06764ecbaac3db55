"""Addresses of one's own account."""

from django.urls import path

from rapport.desk.account import pushes, told, views

urlpatterns = [
    path("", views.account, name="account"),
    path("notifications/", told.notifications, name="account_notifications"),
    path("notifications/<str:topic>/", told.notification, name="account_notification"),
    path("devices/", pushes.devices, name="account_devices"),
    path("devices/key/", pushes.key, name="account_device_key"),
    path("devices/<int:pk>/removal/", pushes.device_removal, name="account_device_removal"),
    path("devices/<int:pk>/trial/", pushes.device_trial, name="account_device_trial"),
    path("writing/", views.writing, name="account_writing"),
    path("sessions/closure/", views.other_sessions_closure, name="account_other_sessions_closure"),
    path("sessions/<int:pk>/closure/", views.session_closure, name="account_session_closure"),
]
