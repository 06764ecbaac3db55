"""Addresses of the status page."""

from django.urls import path

from rapport.desk.status import views

urlpatterns = [
    path("", views.status, name="status"),
    path("bar/", views.bar, name="status_bar"),
    path("release/", views.release, name="status_release"),
    path("deliveries/retries/", views.all_retries, name="status_all_retries"),
    path("deliveries/<int:pk>/retries/", views.delivery_retry, name="status_delivery_retry"),
    path("reactions/retries/", views.dead_retries, name="status_dead_retries"),
    path("reactions/<int:pk>/retries/", views.dead_retry, name="status_dead_retry"),
    path("mail/retries/", views.parked_retries, name="status_parked_retries"),
    path("mail/<int:pk>/retries/", views.parked_retry, name="status_parked_retry"),
]
