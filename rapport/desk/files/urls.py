"""The address of an attachment; rapport.files.access makes it."""

from django.urls import path

from rapport.desk.files import views

urlpatterns = [path("<int:pk>/<str:token>/<path:name>", views.attachment, name="attachment")]
