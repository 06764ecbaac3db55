from django.apps import AppConfig


class WatchingConfig(AppConfig):
    name = "rapport.watching"
    label = "watching"
