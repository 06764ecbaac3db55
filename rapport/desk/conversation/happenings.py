"""Events of a conversation as one line each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from rapport.conversations.models import Conversation
from rapport.conversations.timeline import Happened
from rapport.kit import text
from rapport.ui import moments
from rapport.ui.lists import listed

_ICONS = {
    "opened": "inbox",
    "begun": "pen-line",
    "draft_taken": "pencil",
    "assigned": "user-check",
    "moved": "users",
    "macro": "zap",
    "tagged": "tag",
    "untagged": "tag",
    "closed": "circle-check",
    "reopened": "rotate-ccw",
    "waiting": "hourglass",
    "snoozed": "alarm-clock",
    "woken": "alarm-clock",
    "spam": "ban",
    "unspam": "mail-open",
    "merged": "merge",
    "unmerged": "merge",
    "split": "split",
    "unsplit": "split",
    "priority": "flag",
    "stage": "shopping-bag",
    "subject": "pencil",
    "linked": "link",
    "unlinked": "unlink",
    "side_wrote": "messages-square",
    "side_answered": "message-square-reply",
    "side_stranger": "hand",
    "side_done": "messages-square",
    "side_resumed": "messages-square",
    "forwarded": "forward",
    "status": "circle-dot",
    "field": "list",
    "checklist_added": "check-check",
    "checklist_removed": "check-check",
    "ticked": "check",
    "unticked": "x",
    "time_noted": "clock",
    "time_corrected": "clock",
}
# What is said of an event without a person, and of one with.
_BY_ITSELF = {
    "reopened": noop("Open again: the customer wrote"),
    "woken": noop("Back from snooze"),
    "closed": noop("Closed"),
    "spam": noop("The mail server called it spam"),
    "moved": noop("Moved to %(what)s"),
    "tagged": noop("Tagged %(what)s"),
    "side_answered": noop("Beside this, %(what)s answered"),
    "side_stranger": noop("Beside this, %(what)s wrote, who does not take part there: held"),
}
_BY_PERSON = {
    "opened": noop("%(who)s opened this, split off from %(what)s"),
    "begun": noop("%(who)s wrote first"),
    "draft_taken": noop("%(who)s went on with the draft of %(what)s"),
    "moved": noop("%(who)s moved it to %(what)s"),
    "macro": noop("%(who)s used the macro “%(what)s”"),
    "tagged": noop("%(who)s tagged it %(what)s"),
    "untagged": noop("%(who)s took off the tag %(what)s"),
    "closed": noop("%(who)s closed it"),
    "reopened": noop("%(who)s opened it again"),
    "waiting": noop("%(who)s waits for the customer"),
    "snoozed": noop("%(who)s snoozed it until %(what)s"),
    "woken": noop("%(who)s brought it back"),
    "spam": noop("%(who)s marked it as spam"),
    "unspam": noop("%(who)s said that it is no spam"),
    "merged": noop("%(who)s merged %(what)s into this"),
    "unmerged": noop("%(who)s took %(what)s out again"),
    "split": noop("%(who)s moved messages to %(what)s"),
    "unsplit": noop("%(who)s put %(what)s back"),
    "priority": noop("%(who)s set the priority to %(what)s"),
    "stage": noop("%(who)s set the journey to %(what)s"),
    "subject": noop("%(who)s changed the subject to “%(what)s”"),
    "linked": noop("%(who)s linked it with %(what)s"),
    "unlinked": noop("%(who)s took the link with %(what)s off"),
    "side_wrote": noop("%(who)s wrote beside this to %(what)s"),
    "side_done": noop("%(who)s expects nothing more beside this: %(what)s"),
    "side_resumed": noop("%(who)s opened again beside this: %(what)s"),
    "forwarded": noop("%(who)s forwarded a message to %(what)s"),
    "status": noop("%(who)s set the status to “%(what)s”"),
    "field": noop("%(who)s set %(what)s"),
    "checklist_added": noop("%(who)s added the checklist “%(what)s”"),
    "checklist_removed": noop("%(who)s took off the checklist “%(what)s”"),
    "ticked": noop("%(who)s ticked “%(what)s”"),
    "unticked": noop("%(who)s took the tick off “%(what)s”"),
    "time_noted": noop("%(who)s noted %(what)s min"),
    "time_corrected": noop("%(who)s corrected time spent to %(what)s min"),
}
_NAMED = frozenset({"tagged", "untagged", "macro", "checklist_added", "checklist_removed", "ticked", "unticked"})
_STATUS = dict(Conversation.Status.choices)
_SILENT = frozenset({"followed", "unfollowed"})
_LOUD = frozenset({"side_answered", "side_stranger"})
_PRIORITY = dict(Conversation.Priority.choices)
_STAGE = dict(Conversation.Stage.choices)


@dataclass(frozen=True, slots=True)
class Names:
    """Names that events refer to by id."""

    people: Mapping[int, str]
    teams: Mapping[int, str]

    def person(self, pk: object) -> str:
        """A colleague's name, also one who left."""
        return self.people.get(int(str(pk)), _("a former colleague")) if pk else _("nobody")

    def team(self, pk: object) -> str:
        """A team's name."""
        return self.teams.get(int(str(pk)), _("a former team")) if pk else _("no team")


@dataclass(frozen=True, slots=True)
class ShownEvent:
    """One line between the messages. `side`: the number of the side conversation it speaks of, or 0; `folded`: the lines
    that this one stands for; `is_loud`: not to be folded away; `is_day`: a new day begins.
    """

    id: str
    rev: str
    icon: str
    text: str
    at: datetime
    side: int = 0
    is_loud: bool = False
    is_day: bool = False
    folded: tuple[ShownEvent, ...] = ()
    is_event: bool = True


def shown_event(event: Happened, names: Names) -> ShownEvent | None:
    """The line of an event; None for one that people need not see."""
    kind = event.kind.removeprefix("conversation.")
    if kind in _SILENT:
        return None
    text = _sentence(kind, event, names)
    side = int(str(event.data.get("side") or 0)) if kind.startswith(("side_", "forwarded")) else 0
    return (
        ShownEvent(f"e-{event.pk}", "1", _ICONS.get(kind, "circle-dot"), text, event.at, side, kind in _LOUD)
        if text
        else None
    )


def _sentence(kind: str, event: Happened, names: Names) -> str:
    who = names.person(event.actor_id) if event.actor_id else ""
    data = event.data
    if kind == "assigned":
        return _assigned(who, event, names)
    if not who and data.get("side") and kind in ("reopened", "woken"):
        return _("Open again: %(who)s answered beside this") % {"who": data.get("who", "")}
    if who and data.get("own_name"):
        return _(_BY_PERSON["status"]) % {"who": who, "what": data["own_name"]}
    target = _target(kind, data, names)
    if target is None:
        return ""
    pattern = (_BY_PERSON if who else _BY_ITSELF).get(kind, "")
    return _(pattern) % {"who": who, "what": target} if pattern else ""


def _assigned(who: str, event: Happened, names: Names) -> str:
    to = event.data.get("to")
    if to and to == event.actor_id:
        return _("%(who)s took it") % {"who": who}
    if not to:
        return _("%(who)s gave it back") % {"who": who} if who else _("Assigned to nobody")
    facts = {"who": who, "to": names.person(to)}
    return _("%(who)s assigned it to %(to)s") % facts if who else _("Assigned to %(to)s") % facts


def _target(kind: str, data: Mapping[str, object], names: Names) -> str | None:
    """What the sentence names besides the actor; None when the line would say nothing."""
    if kind == "opened":
        return f"#{data['split_from']}" if data.get("split_from") else ""
    if kind == "moved":
        return names.team(data.get("to"))
    if kind == "field":
        return _field(data)
    if kind == "status":
        return str(_STATUS.get(str(data.get("before")), ""))
    if kind == "time_noted":
        return str(data.get("minutes", ""))
    if kind in _NAMED:
        return str(data.get("name", ""))
    if kind in ("linked", "unlinked"):
        return f"#{data.get('other', '')}"
    if kind in ("side_done", "side_resumed"):
        return str(data.get("subject", ""))
    if kind.startswith("side_") or kind == "forwarded":
        return str(data.get("who", ""))
    if kind == "draft_taken":
        return names.person(data.get("from"))
    if kind == "snoozed":
        until = parse_datetime(str(data.get("until", "")))
        return moments.full(until) if until else "?"
    if kind in ("merged", "unmerged"):
        return f"#{data.get('source', '')}"
    if kind in ("split", "unsplit"):
        return f"#{data.get('target' if kind == 'split' else 'source', '')}"
    if kind == "priority":
        return str(_PRIORITY.get(data.get("to"), ""))  # type: ignore[call-overload]
    if kind == "stage":
        return str(_STAGE.get(data.get("to"), ""))  # type: ignore[call-overload]
    return str(data.get("to", ""))


def _field(data: Mapping[str, object]) -> str:
    """`Order number to 4711`, or that it is empty now."""
    name, value = str(data.get("name", "")), data.get("to")
    if value is None:
        return _("%(field)s to nothing") % {"field": name}
    if isinstance(value, bool):
        shown = _("yes") if value else _("no")
    else:
        shown = listed(value) if isinstance(value, list) else str(value)
    return _("%(field)s to “%(value)s”") % {"field": name, "value": text.truncate(shown, 120)}
