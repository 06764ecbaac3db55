"""The audit log in words. What has no word of its own here is shown by its name: nothing is left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from rapport.desk.settings.audit import values
from rapport.events import auditing
from rapport.events.models import Event

AREAS = {
    "account": noop("Person"),
    "role": noop("Role"),
    "team": noop("Team"),
    "inbox": noop("Inbox"),
    "macro": noop("Macro"),
    "installation": noop("Company"),
    "attribute": noop("Customer detail"),
    "sender": noop("Blocklist"),
    "card": noop("Customer card"),
    "import": noop("Import"),
    "view": noop("View"),
    "tag": noop("Tag"),
    "field": noop("Custom field"),
    "status": noop("Status"),
    "checklist": noop("Checklist"),
    "hours": noop("Business hours"),
}
ACTS = {
    "created": noop("created"),
    "changed": noop("changed"),
    "archived": noop("archived"),
    "restored": noop("restored"),
    "ended": noop("ended"),
    "deleted": noop("deleted"),
    "merged": noop("merged"),
    "unmerged": noop("merge undone"),
    "ordered": noop("put in another order"),
    "invited": noop("invited"),
    "uninvited": noop("invitation withdrawn"),
    "ready": noop("set up"),
    "held": noop("put on hold after a restore"),
    "released": noop("released from hold"),
    "defined": noop("created"),
    "moved": noop("put in another order"),
    "blocked": noop("blocked"),
    "started": noop("started"),
    "stopped": noop("stopped"),
    "unblocked": noop("unblocked"),
}
FIELDS = {
    "name": noop("Name"),
    "email": noop("E-mail address"),
    "role": noop("Role"),
    "rights": noop("Rights"),
    "team": noop("Team"),
    "teams": noop("Teams"),
    "is_active": noop("Active"),
    "language": noop("Language"),
    "time_zone": noop("Time zone"),
    "mail_notifications": noop("Notifications by mail"),
    "signature_html": noop("Signature"),
    "password": noop("Password"),
    "password_link": noop("Link for a new password"),
    "mfa": noop("Second factor"),
    "company_name": noop("Company"),
    "hidden": noop("Hidden"),
    "monday": noop("Monday"),
    "tuesday": noop("Tuesday"),
    "wednesday": noop("Wednesday"),
    "thursday": noop("Thursday"),
    "friday": noop("Friday"),
    "saturday": noop("Saturday"),
    "sunday": noop("Sunday"),
    "open_to_all": noop("Every agent sees every conversation"),
    "address": noop("Address"),
    "display_name": noop("Display name"),
    "aliases": noop("Further addresses"),
    "authserv_id": noop("Trusted mail server"),
    "acknowledge": noop("Acknowledge new mail"),
    "html": noop("Words"),
    "acts": noop("Acts"),
    "owner": noop("Owner"),
    "phone_region": noop("Country of phone numbers"),
    "value": noop("Address or domain"),
    "reason": noop("Reason"),
    "key": noop("Key"),
    "label": noop("Name"),
    "kind": noop("Kind"),
    "choices": noop("Choices"),
    "shown": noop("Shown in the panel"),
    "url": noop("Address"),
    "secret": noop("Secret"),
    "mapping": noop("Columns"),
    "region": noop("Country of phone numbers"),
    "dry": noop("Only tried"),
    "timeout_ms": noop("Time limit in milliseconds"),
    "condition": noop("Conditions"),
    "ordering": noop("Order"),
    "columns": noop("Columns"),
    "icon": noop("Sign"),
    "colour": noop("Colour"),
    "description": noop("Description"),
    "into": noop("Merged into"),
    "options": noop("Options"),
    "parent": noop("Depends on"),
    "required": noop("Must be filled in before closing"),
    "help": noop("Help text"),
    "days": noop("Comes back after days"),
    "forbidden": noop("Steps that are not allowed"),
    "items": noop("Steps"),
    "order": noop("Order"),
    "time_spent": noop("Note time spent"),
    "push_words": noop("Notifications on devices say who wrote about what"),
    "accent": noop("Accent colour"),
    "logo_sha256": noop("Logo"),
    "start_page": noop("First page"),
    "undo_seconds": noop("Time to undo sending"),
    "imap": noop("Mail in"),
    "smtp": noop("Mail out"),
    "host": noop("Server"),
    "port": noop("Port"),
    "security": noop("Encryption"),
    "user": noop("User name"),
    "auth": noop("Sign in by"),
    "fingerprint": noop("Fingerprint of its certificate"),
    "ca_pem": noop("Certificate of its own authority"),
    "folders": noop("Folders"),
    "start": noop("Where to begin"),
    "after": noop("Fetched mail on the server"),
    "imap_password": noop("Password for mail in"),
    "smtp_password": noop("Password for mail out"),
    "oauth": noop("Consent of the provider"),
    "transport": noop("Way out"),
    "sent_folder": noop("Copy replies to the folder"),
    "check_dkim": noop("Check DKIM signatures here too"),
    "plus_addressing": noop("The server delivers name+anything@ to name@"),
    "practice": noop("Practice mailbox"),
    "backup_made_at": noop("Backup made"),
    "rows": noop("Rows"),
}
SERVERS = ("imap", "smtp")


@dataclass(frozen=True, slots=True)
class Difference:
    """One field. `secret`: it changed, and nothing more is told."""

    field: str
    before: str
    after: str
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log. `who` is empty where no account did it: Rapport itself, or a command of the operator."""

    at: datetime
    who: str
    area: str
    name: str
    act: str
    differences: list[Difference]


def entry(event: Event, names: Mapping[int, str]) -> Entry:
    """An event as people read it; `names` of accounts by id."""
    who = names.get(event.actor_id, f"#{event.actor_id}") if event.actor_id is not None else ""
    told = [_difference(event.area or "", *one) for one in auditing.differences(event.data)]
    name = str(event.data.get("name") or "")
    name = values.role_name(name) if event.area == "role" else name
    return Entry(event.at, who, area(event.area or ""), name, act(event.kind), told)


def area(key: str) -> str:
    """`team` → Team."""
    return _(AREAS[key]) if key in AREAS else _named(key)


def act(kind: str) -> str:
    """`team.changed` → changed."""
    key = kind.partition(".")[2]
    return _(ACTS[key]) if key in ACTS else _named(key).lower()


def _difference(area: str, field: str, before: Any, after: Any) -> Difference:
    old, new = values.told(area, field, before), values.told(area, field, after)
    if old == new:  # markup that reads the same
        old, new = str(before or ""), str(after or "")
    return Difference(_label(area, field), old, new, secret=before is None and after is None)


def _label(area: str, field: str) -> str:
    """`settings.imap.host` → Mail in › Server. What the company named itself keeps its name: `mapping.Kunde`."""
    field = field.removesuffix(".all").removesuffix(".any")  # of a view's conditions
    if field in FIELDS:
        return _(FIELDS[field])
    first, dot, rest = field.partition(".")
    if first == "settings" and dot:
        first, dot, rest = rest.partition(".")
    named = _(FIELDS[first]) if first in FIELDS else _named(first)
    if not dot:
        return named
    return f"{named} › {_(FIELDS[rest]) if first in SERVERS and rest in FIELDS else rest}"


def _named(key: str) -> str:
    return key.replace("_", " ").replace(".", " ").capitalize()
