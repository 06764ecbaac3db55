"""Address of the first run."""

from django.urls import path

from rapport.desk.start import views

urlpatterns = [path("", views.start, name="start")]
