from django.apps import AppConfig


class HoursConfig(AppConfig):
    name = "rapport.hours"
    label = "hours"
