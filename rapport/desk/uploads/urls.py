"""Where files for a message being written go."""

from django.urls import path

from rapport.desk.uploads import views

urlpatterns = [path("uploads/", views.uploads, name="uploads")]
