"""What the icons of views are called, for who does not see them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from rapport.conversations.saving_views import ICONS

NAMES: dict[str, Any] = {
    "list": _("List"),
    "inbox": _("Tray"),
    "star": _("Star"),
    "flag": _("Flag"),
    "tag": _("Label"),
    "users": _("Several people"),
    "user": _("Person"),
    "building-2": _("Building"),
    "shopping-bag": _("Shopping bag"),
    "clock-alert": _("Clock with a warning"),
    "hourglass": _("Hourglass"),
    "calendar": _("Calendar"),
    "phone": _("Telephone"),
    "globe": _("Globe"),
    "message-circle": _("Speech bubble"),
    "mail": _("Letter"),
    "bell": _("Ringing bell"),
    "zap": _("Lightning"),
    "eye": _("Eye"),
    "hand": _("Hand"),
    "shield-alert": _("Shield"),
    "archive": _("Box"),
}


def named() -> list[tuple[str, Any]]:
    """Icons that can be chosen, each with its name."""
    return [(icon, NAMES[icon]) for icon in ICONS]
