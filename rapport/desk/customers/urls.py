"""Addresses of customers."""

from django.urls import path

from rapport.desk.customers import views

urlpatterns = [
    path("<int:pk>/", views.customer, name="customer"),
    path("<int:pk>/merge/", views.merge),
    path("<int:pk>/merge/undo/", views.undo_merge),
]
