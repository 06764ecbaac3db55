"""Every key of the product, in one table: what menus hint at, what `?` lists and what the palette shows is read here.

Templates ask `key("reply")` for the letter of a `data-key`, `chord("send")` for a combination inside a field and
`pressed("send")` for the words of a hint. keys.js presses whatever on the page carries the letter.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from markupsafe import Markup, escape


@dataclass(frozen=True, slots=True)
class Key:
    """One act. `keys`: one or several that do the same; a combination is written `Ctrl+Enter`, a capital letter needs
    Shift. `where` heads its part of the list. `by_script`: no element of the page carries it.
    """

    name: str
    keys: tuple[str, ...]
    what: str | Promise
    where: str | Promise
    by_script: bool = False


_EVERYWHERE, _LIST = _("Everywhere"), _("In the list")
_BOARD = _("On a board")
_CONVERSATION, _WRITING = _("In a conversation"), _("While writing")

TABLE: tuple[Key, ...] = (
    Key("palette", ("Ctrl+K",), _("Find anything, do anything"), _EVERYWHERE, by_script=True),
    Key("search", ("/",), _("Search"), _EVERYWHERE, by_script=True),
    Key("new", ("c",), _("New conversation"), _EVERYWHERE),
    Key("today", ("h",), _("Today"), _EVERYWHERE),
    Key("inbox", ("i",), _("Go to the inbox"), _EVERYWHERE),
    Key("bell", ("b",), _("Notifications"), _EVERYWHERE),
    Key("undo", ("z",), _("Take back what was just done"), _EVERYWHERE),
    Key("help", ("?",), _("This list"), _EVERYWHERE, by_script=True),
    Key("next", ("j",), _("Next conversation"), _LIST, by_script=True),
    Key("previous", ("k",), _("Previous conversation"), _LIST, by_script=True),
    Key("open", ("o", "Enter"), _("Open it"), _LIST, by_script=True),
    Key("pick", ("x",), _("Select for a bulk action"), _LIST, by_script=True),
    Key("pick_next", ("J",), _("Select, and go on to the next"), _LIST, by_script=True),
    Key("pick_previous", ("K",), _("Select, and go back to the one before"), _LIST, by_script=True),
    Key("pick_all", ("X",), _("Select all that are shown, or none"), _LIST, by_script=True),
    Key("board", ("B",), _("As a board, or as a list again"), _LIST),
    Key("lane_next", ("→",), _("Card in the next column"), _BOARD, by_script=True),
    Key("lane_previous", ("←",), _("Card in the column before"), _BOARD, by_script=True),
    Key("card_on", (">",), _("Move the card to the next column"), _BOARD, by_script=True),
    Key("card_back", ("<",), _("Move the card to the column before"), _BOARD, by_script=True),
    Key("card_to", ("g",), _("Move the card to any column"), _BOARD, by_script=True),
    Key("reply", ("r",), _("Reply"), _CONVERSATION),
    Key("note", ("n",), _("Write a note"), _CONVERSATION),
    Key("assign", ("a",), _("Assign"), _CONVERSATION),
    Key("take", ("y",), _("Take it myself"), _CONVERSATION),
    Key("tag", ("t",), pgettext_lazy("to put a tag on", "Tag"), _CONVERSATION),
    Key("close", ("e",), _("Close or reopen"), _CONVERSATION),
    Key("wait", ("W",), _("Wait for the customer"), _CONVERSATION),
    Key("beside", ("w",), _("Write to somebody else about it"), _CONVERSATION),
    Key("ask", ("A",), _("Ask a colleague by mail"), _CONVERSATION),
    Key("snooze", ("s",), _("Snooze"), _CONVERSATION),
    Key("follow", ("v",), _("Follow, or stop following"), _CONVERSATION),
    Key("unread", ("U",), _("Mark as unread"), _CONVERSATION),
    Key("merge", ("M",), _("Merge into another conversation"), _CONVERSATION),
    Key("subject", ("S",), _("Change the subject"), _CONVERSATION),
    Key("link", ("L",), _("Link with another conversation"), _CONVERSATION),
    Key("print", ("P",), _("Print"), _CONVERSATION),
    Key("spam", ("!",), _("Spam, or not spam"), _CONVERSATION),
    Key("more", (".",), _("More: priority, journey …"), _CONVERSATION),
    Key("message", ("d",), _("Menu of a message: the one in focus, or the newest"), _CONVERSATION),
    Key("checklists", ("C",), _("Checklists"), _CONVERSATION),
    Key("time", ("T",), _("Time spent"), _CONVERSATION),
    Key("panel", ("p",), _("Show or hide the customer panel"), _CONVERSATION),
    Key("first_unread", ("f",), _("First unread message"), _CONVERSATION),
    Key("back", ("u",), _("Back to the list"), _CONVERSATION),
    Key("send", ("Ctrl+Enter",), _("Send, or add the note"), _WRITING),
    Key("send_close", ("Ctrl+Shift+Enter",), _("Send and close"), _WRITING),
    Key("send_wait", ("Alt+Enter",), _("Send and wait"), _WRITING),
    Key("send_snooze", ("Alt+Shift+Enter",), _("Send and snooze until tomorrow morning"), _WRITING),
    Key("send_later", ("l",), _("Send later (outside of the field)"), _WRITING),
    Key("macro", ("m", "/"), _("Use a macro (/ where a line begins)"), _WRITING),
    Key("leave", ("Esc",), _("Leave a field or menu"), _WRITING, by_script=True),
)
_BY_NAME = {one.name: one for one in TABLE}
# How browsers call what stands on the keys.
_SPOKEN = {"Ctrl": "Control"}
# What is printed on the keys where people read this language.
_PRINTED: dict[str, Any] = {
    "Ctrl": pgettext_lazy("on a keyboard", "Ctrl"),
    "Shift": pgettext_lazy("on a keyboard", "Shift"),
    "Alt": pgettext_lazy("on a keyboard", "Alt"),
    "Enter": pgettext_lazy("on a keyboard", "Enter"),
    "Esc": pgettext_lazy("on a keyboard", "Esc"),
}


def key(name: str) -> str:
    """The letter of an act, for `data-key` and hints. Raises KeyError for an act that is not in the table."""
    return _BY_NAME[name].keys[0]


def chord(name: str) -> Markup:
    """The attributes by which composer.js presses an element for a combination of keys."""
    keys = key(name)
    spoken = "+".join(_SPOKEN.get(part, part) for part in keys.split("+"))
    attributes = 'data-chord="{}" aria-keyshortcuts="{}" title="{}"'
    return Markup(attributes).format(keys, spoken, " ".join(_printed(keys)))  # noqa: S704


def pressed(name: str) -> Markup:
    """The hint of a menu item."""
    return Markup('<kbd aria-hidden="true">{}</kbd>').format(" ".join(_printed(key(name))))


def listed() -> list[tuple[Any, list[tuple[list[list[str]], Any]]]]:
    """What `?` shows: headings, each with the ways to press an act and what it does."""
    parts = groupby(TABLE, key=lambda one: one.where)
    return [(where, [([_printed(way) for way in one.keys], one.what) for one in ones]) for where, ones in parts]


def _printed(way: str) -> list[str]:
    """`Ctrl+Enter` as the two keys it takes."""
    return [str(_PRINTED.get(part, part)) for part in way.split("+")]


@cache
def for_scripts() -> Markup:
    """JSON of key → act, escaped for an attribute: what scripts do themselves."""
    acts = {way: one.name for one in TABLE if one.by_script for way in one.keys if len(way) == 1}
    acts[key("undo")] = "undo"
    return escape(json.dumps(acts))
