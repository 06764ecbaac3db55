from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    name = "rapport.conversations"
    label = "conversations"

    def ready(self) -> None:
        """Register the fields that conversations can be filtered by."""
        from rapport.conversations import filter_fields  # noqa: F401 - registering is all it does
