"""What Today holds, section by section. Another section is another line in SECTIONS; each reads a bounded number of rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from rapport.conversations import daily, listing
from rapport.conversations.daily import Begun
from rapport.conversations.listing import Row
from rapport.desk.notifications import lines
from rapport.kit import clock
from rapport.notifications import listing as news
from rapport.notifications.topics import Topic
from rapport.outbox import listing as outbox
from rapport.people.models import Account
from rapport.people.rights import Right

MOST = 8
_SOON = timedelta(minutes=1)  # what is only held for undo is not worth a line


@dataclass(frozen=True, slots=True)
class Item:
    """One line. `at` is shown by `style` (short, full, age); `tone` colours the note."""

    address: str
    title: str
    at: datetime | None
    who: str = ""
    note: str = ""
    style: str = "short"
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """`more` leads to all of it where there is more than is shown. An empty one says what `nothing` says."""

    key: str
    title: str
    icon: str
    nothing: str
    items: list[Item] = field(default_factory=list)
    more: str = ""


def waiting(account: Account) -> Section | None:
    """Customers who wait for an answer of this person, the longest first."""
    if not account.may(Right.REPLY):
        return None
    nothing = _("Nobody waits for you. Take a conversation that nobody has with a.")
    items = _longest(account, "mine")
    return Section("waiting", _("Waiting longest for you"), "clock", nothing, items, "/inbox/?view=mine")


def unassigned(account: Account) -> Section | None:
    """Customers who wait in conversations that nobody has taken, the longest first."""
    if not account.may(Right.REPLY):
        return None
    nothing = _("Everything has an owner. New mail appears here by itself.")
    items = _longest(account, "unassigned")
    return Section("unassigned", _("Nobody has it yet"), "hand", nothing, items, "/inbox/?view=unassigned")


def due(account: Account) -> Section | None:
    """What this person put away until today."""
    if not account.may(Right.MANAGE):
        return None
    rows = _rows(account, daily.back_until(account, _end_of_day(), MOST))
    items = [_item(row, row.snoozed_until) for row in rows]
    nothing = _("Nothing comes back today. s puts a conversation away until a time you choose.")
    return Section("due", _("Back today"), "alarm-clock", nothing, items, "/inbox/?view=snoozed")


def troubles(account: Account) -> Section | None:
    """Replies of this person that came back, failed or were perhaps not sent, and those that go out later."""
    if not account.may(Right.REPLY):
        return None
    items = [_begun(one, one.because, "risk") for one in daily.drafts_of(account, MOST, returned=True)]
    failed = outbox.troubled_of(account.pk, MOST)
    seen = daily.visible(account, [row[0] for row in failed])
    words = {"failed": _("Not delivered"), "possibly_sent": _("Possibly sent")}
    items += [
        Item(f"/conversations/{number}/", subject or _("(no subject)"), at, note=words[state], tone="bad")
        for number, subject, state, at in failed
        if number in seen
    ]
    later = daily.held_by(account, clock.now() + _SOON, MOST)
    items += [_begun(one, _("Goes out later"), "", style="full") for one in later]
    nothing = _("Everything you sent has left. Replies that come back or fail appear here.")
    return Section("troubles", _("On their way, or back"), "send", nothing, items[:MOST])


def drafts(account: Account) -> Section | None:
    """What this person has begun to write."""
    if not account.may(Right.NOTE):
        return None
    kinds = {
        "reply": pgettext("a message", "Reply"),
        "note": _("Note"),
        "new": _("New conversation"),
        "side": _("Side conversation"),
        "ask": _("Question to a colleague"),
    }
    items = [_begun(one, kinds.get(one.kind, ""), "") for one in daily.drafts_of(account, MOST, returned=False)]
    nothing = _("No draft is left lying. What you write is kept by itself until you send it.")
    return Section("drafts", _("Your drafts"), "pencil", nothing, items)


def mentions(account: Account) -> Section | None:
    """Where colleagues asked this person, unread."""
    found = lines.plain(news.unread_of(account, Topic.MENTIONED, MOST))
    items = [Item(line.address, line.text, line.at) for line in found]
    nothing = _("No colleague waits for a word of yours. @ in a note asks one.")
    return Section("mentions", _("You are asked"), "at-sign", nothing, items, "/inbox/?view=mentions")


# In the order in which they are read.
SECTIONS: tuple[Callable[[Account], Section | None], ...] = (waiting, unassigned, mentions, due, troubles, drafts)


def read(account: Account) -> list[Section]:
    """Every section that is for this person."""
    return [section for section in (build(account) for build in SECTIONS) if section is not None]


def start_of_day() -> datetime:
    """The last midnight, where the reader is."""
    return timezone.make_aware(datetime.combine(timezone.localdate(), time.min))


def _end_of_day() -> datetime:
    tomorrow = timezone.localdate() + timedelta(days=1)
    return timezone.make_aware(datetime.combine(tomorrow, time.min))


def _longest(account: Account, view: str) -> list[Item]:
    rows = _rows(account, daily.waiting_longest(account, view, MOST))
    return [_item(row, row.waiting_since, style="age") for row in rows if row.waiting_since]


def _rows(account: Account, numbers: list[int]) -> Iterable[Row]:
    return listing.page_of_ids(account, numbers, MOST).rows if numbers else []


def _item(row: Row, at: datetime | None, *, style: str = "short") -> Item:
    subject = row.subject or _("(no subject)")
    return Item(f"/conversations/{row.number}/", subject, at, who=row.who, note=row.preview, style=style)


def _begun(one: Begun, note: str, tone: str, *, style: str = "short") -> Item:
    address = f"/conversations/{one.conversation}/" if one.conversation else "/conversations/new/"
    title = one.subject or (_("(no subject)") if one.conversation else _("New conversation"))
    return Item(address, title, one.at, note=note, tone=tone, style=style)
