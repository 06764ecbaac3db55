"""What the rail and the list need, for the inbox, for searches and beside an open conversation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from rapport.conversations import listing
from rapport.conversations.listing import Page
from rapport.conversations.viewing import Cursor
from rapport.desk.inbox.rows import written
from rapport.desk.live import reading
from rapport.people import access
from rapport.people.models import Account
from rapport.people.rights import Right

DEFAULT_VIEW = "mine"


@dataclass(frozen=True, slots=True)
class View:
    """One entry of the rail. `count` is shown when `counted`."""

    key: str
    name: str
    icon: str
    count: int = 0
    counted: bool = True


def frame(account: Account, view: str) -> dict[str, Any]:
    """Context of the rail. `live_since` is read first, so that no event falls between the page and its stream."""
    live_since = reading.newest_id()
    counts = listing.counts(account)
    teams = [
        View(f"team:{pk}", name, "users", counts.get(f"team:{pk}", 0))
        for pk, name in access.team_names(account)
        if account.may(Right.SEE_ALL) or pk in account.team_ids
    ]
    views = _views(counts)
    named = {one.key: one.name for one in [*views, *teams]}
    return {
        "section": "inbox",
        "rail_part": "desk/inbox/_views.html",
        "live_since": live_since,
        "views": views,
        "teams": teams,
        "view": view,
        "may_begin": account.may(Right.REPLY),
        "view_name": named.get(view, _("Team") if view.startswith("team:") else _("Inbox")),
    }


def page_of_view(account: Account, view: str, after: str, limit: int = listing.PAGE) -> Page:
    """One page of rows. Raises UnknownStatus for a view that does not exist."""
    return listing.inbox_page(account, view=view, after=Cursor.read(after), limit=limit)


def list_context(view: str, page: Page, *, q: str = "") -> dict[str, Any]:
    """Context of the list."""
    title, text = ("", "") if page.rows else _empty_words(view, q)
    return {
        "rows": written(page.rows),
        "next_after": str(page.after) if page.after else "",
        "q": q,
        "empty_title": title,
        "empty_text": text,
    }


def view_of(request: HttpRequest, account: Account) -> str:
    """The view that is asked for, or the first one for this account."""
    asked = request.GET.get("view", "")
    if asked:
        return asked
    return DEFAULT_VIEW if account.may(Right.READ_MESSAGES) else "mentions"


def _views(counts: dict[str, int]) -> list[View]:
    return [
        View("mine", _("Mine"), "user-check", counts["mine"]),
        View("unassigned", _("Unassigned"), "hand", counts["unassigned"]),
        View("mentions", _("Mentions"), "at-sign", counts["mentions"]),
        View("open", _("All open"), "inbox", counts["open"]),
        View("waiting", _("Waiting"), "hourglass", counts["waiting"]),
        View("snoozed", _("Snoozed"), "alarm-clock", counts["snoozed"]),
        View("closed", _("Closed"), "circle-check", counted=False),
        View("spam", _("Spam"), "ban", counts["spam"]),
    ]


def _empty_words(view: str, q: str) -> tuple[str, str]:
    if q:
        return _("Nothing found"), _("Try fewer words, or a filter such as status:closed.")
    words = {
        "mine": (_("Nothing waits for you"), _("Unassigned conversations are one view below: take one with a.")),
        "unassigned": (_("Everything has an owner"), _("New mail appears here by itself.")),
        "mentions": (_("Nobody has asked you"), _("When a colleague mentions you in a note, it appears here.")),
        "spam": (_("No spam"), _("What your mail server or a colleague calls spam comes here.")),
        "snoozed": (_("Nothing is snoozed"), _("s puts a conversation away until a time you choose.")),
        "closed": (_("Nothing is closed yet"), _("e closes a conversation. A customer’s next message opens it again.")),
    }
    return words.get(view, (_("Nothing here"), _("New mail appears here by itself.")))
