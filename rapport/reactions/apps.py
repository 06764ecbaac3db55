from django.apps import AppConfig


class ReactionsConfig(AppConfig):
    name = "rapport.reactions"
    label = "reactions"

    def ready(self) -> None:
        """Say which events are reacted to: the others wait for nobody."""
        from rapport.events import heeding

        heeding.heed(_concerns)


def _concerns(kind: str, historic: bool) -> bool:
    from rapport.reactions import order  # which imports much: not before something happens

    return order.concerns(kind, historic=historic)
