"""What can go wrong here: a sentence for people, a code for machines, an HTTP status."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _


class NotificationRefusal(Exception):
    """Base of every refusal of this app. Subclasses set the sentence, the code and the status."""

    sentence = _("This is not possible.")
    code = "refused"
    status = 400

    def __str__(self) -> str:
        return str(self.sentence)


class BadDevice(NotificationRefusal):
    """An endpoint or keys that no push service and no browser gives out, or that are another account's."""

    sentence = _(
        "What this browser gave as its address for notifications cannot be used, so nothing was changed. "
        "Reload the page and try again."
    )
    code = "bad_device"


class TooManyDevices(NotificationRefusal):
    """The account is told in as many browsers as are allowed."""

    sentence = _("You are told in ten browsers already. Remove one of them, then turn this one on.")
    code = "too_many_devices"
    status = 409


class NoSuchDevice(NotificationRefusal):
    """There is no such row, or it is another account's: the two look alike."""

    sentence = _("This browser is not in your list any more.")
    code = "not_found"
    status = 404


class CopyOnHold(NotificationRefusal):
    """A restored copy sends nothing."""

    sentence = _("This is a restored copy, which sends nothing until somebody releases it.")
    code = "on_hold"
    status = 409
