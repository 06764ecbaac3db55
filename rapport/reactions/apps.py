from django.apps import AppConfig


class ReactionsConfig(AppConfig):
    name = "rapport.reactions"
    label = "reactions"
