"""What stands in a field, in words: codes by the names that pages have for them, markup by its text.

A value that no list here knows is data of the company, and shown as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from rapport.conversations import filtering, ordering, storing_filters
from rapport.conversations.columns import COLUMNS
from rapport.conversations.models import Conversation, CustomField, Tag
from rapport.desk.settings.inboxes.forms import AFTER, AUTH, SECURITY, START, TRANSPORT
from rapport.desk.settings.pages import HIDABLE
from rapport.desk.settings.saved_views import building, icons
from rapport.kit import html
from rapport.people.import_targets import TARGETS
from rapport.people.models import Account, Attribute, ImportRun
from rapport.people.rights import BUILT_IN_ROLES, Right
from rapport.ui import moments
from rapport.ui.lists import listed

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
_CODES: dict[str, Mapping[str, Any]] = {
    "rights": dict(Right.choices),
    "language": dict(settings.LANGUAGES),
    "start_page": dict(Account.Start.choices),
    "attribute.kind": dict(Attribute.Kind.choices),
    "field.kind": dict(CustomField.Kind.choices),
    "import.kind": dict(ImportRun.Kind.choices),
    "status.kind": dict(Conversation.Status.choices),
    "status.forbidden": dict(Conversation.Status.choices),
    "inbox.kind": {"email": gettext_lazy("E-mail")},
    "tag.colour": dict(Tag.Colour.choices),
    "view.columns": COLUMNS,
    "ordering": {key: order.name for key, order in ordering.ORDERS.items()},
    "view.icon": icons.NAMES,
    "hidden": HIDABLE,
    "security": dict(SECURITY),
    "auth": dict(AUTH),
    "start": dict(START),
    "after": dict(AFTER),
    "transport": dict(TRANSPORT),
}
_ACTS: dict[str, tuple[Any, Mapping[str, Any]]] = {
    "tag": (gettext_lazy("Add tags"), {}),
    "untag": (gettext_lazy("Remove tags"), {}),
    "team": (gettext_lazy("Hand to team"), {}),
    "assign": (
        gettext_lazy("Assign to"),
        {"me": gettext_lazy("Whoever uses it"), "nobody": gettext_lazy("Nobody")},
    ),
    "priority": (gettext_lazy("Priority"), {str(code): name for code, name in Conversation.Priority.choices}),
    "stage": (gettext_lazy("Journey"), dict(Conversation.Stage.choices)),
    "status": (gettext_lazy("Status"), dict(Conversation.Status.choices)),
    "snooze": (gettext_lazy("Snooze for days"), {}),
}


def told(area: str, field: str, value: Any) -> str:
    """A value as people read it. `field` may be one within another: `settings.imap.security`."""
    if value in (None, ""):
        return ""
    first, last = field.partition(".")[0], field.rpartition(".")[2]
    codes = _CODES.get(f"{area}.{last}") or _CODES.get(last) or {}
    shown = _SHOWN.get(first)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return listed(shown(one) if shown else _coded(codes, one) for one in value)
    return shown(value) if shown else _coded(codes, value)


def role_name(name: str) -> str:
    """A role as its reader calls it, where it has the name it was made with."""
    return _(name) if any(name == built_in for built_in, _rights in BUILT_IN_ROLES.values()) else name


def _coded(codes: Mapping[str, Any], value: Any) -> str:
    """`days:30` → `The last days: 30`; `Open → Closed` each by its own name."""
    if isinstance(value, dict):
        return " ".join(_coded(codes, one) for one in value.values()).strip()
    written = str(value)
    if written in codes:
        return str(codes[written])
    code, colon, detail = written.partition(":")
    if colon and code in codes:
        return _("%(name)s: %(value)s") % {"name": codes[code], "value": detail}
    if codes and " → " in written:
        return " → ".join(str(codes.get(one, one)) for one in written.split(" → "))
    if _MOMENT.match(written) and (moment := parse_datetime(written)):
        return moments.exact(moment)
    return written


def _act(value: Any) -> str:
    act, detail = str(value.get("act", "")), str(value.get("value", ""))
    name, codes = _ACTS.get(act, (act, {}))
    return _("%(name)s: %(value)s") % {"name": name, "value": codes.get(detail, detail)}


def _condition(value: Any) -> str:
    stored = storing_filters.from_json({"all": [value]})
    return listed(building.sentence(one) for one in filtering.each(stored.conditions))


def _seconds(value: Any) -> str:
    return ngettext("%(n)d second", "%(n)d seconds", int(value)) % {"n": int(value)}


_SHOWN: dict[str, Callable[[Any], str]] = {
    "acts": _act,
    "condition": _condition,
    "html": lambda value: html.to_text(str(value)),
    "signature_html": lambda value: html.to_text(str(value)),
    "role": lambda value: role_name(str(value)),
    "undo_seconds": _seconds,
    "logo_sha256": lambda value: str(value)[:8],
    "mapping": lambda value: _(next((names[value] for names in TARGETS.values() if value in names), str(value))),
}
