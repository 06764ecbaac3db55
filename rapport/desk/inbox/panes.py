"""What the rail and the list need, for the inbox, for searches and beside an open conversation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from rapport.conversations import arranging, listing, saving_views
from rapport.conversations.listing import Page
from rapport.conversations.models import Arrangement
from rapport.desk.inbox.chosen import Chosen
from rapport.desk.inbox.rows import written
from rapport.desk.live import reading
from rapport.notifications import listing as bell
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
    is_saved: bool = False


def expect(account: Account) -> None:
    """Bring along what `frame` asks, and the bell above it; the newest event first."""
    expect_first(account)
    expect_rail(account)


def expect_first(account: Account) -> None:
    """Of that, what comes before everything, and what says how a list is read."""
    reading.expect_newest_id()
    arranging.expect(account)


def expect_rail(account: Account) -> None:
    """The rest of it."""
    listing.expect_counts(account)
    access.expect_team_names()
    saving_views.expect_names(account)
    bell.expect_unread_count(account)


def frame(account: Account, view: str, arrangement: Arrangement | None = None) -> dict[str, Any]:
    """Context of the rail. `live_since` is read first, so that no event falls between the page and its stream."""
    if arrangement is None:
        expect(account)
    live_since = reading.newest_id()
    counts = listing.counts(account)
    teams = [
        View(f"team:{pk}", name, "users", counts.get(f"team:{pk}", 0))
        for pk, name in access.team_names(account)
        if account.may(Right.SEE_ALL) or pk in account.team_ids
    ]
    groups = {"views": standard(counts), "saved": saved(account), "teams": teams}
    named = {one.key: one.name for group in groups.values() for one in group}
    arrangement = arrangement or arranging.of(account)
    return {
        "section": "inbox",
        "rail_part": "desk/inbox/_views.html",
        "live_since": live_since,
        **{name: arranged(group, arrangement, view) for name, group in groups.items()},
        "view": view,
        "may_begin": account.may(Right.REPLY),
        "may_arrange": account.may(Right.NOTE),
        "view_name": named.get(view, _("Team") if view.startswith("team:") else _("Inbox")),
    }


def arranged(views: list[View], arrangement: Arrangement, current: str = "") -> list[View]:
    """As somebody has put them: in their sequence, new ones last, without the hidden; but the one they look at stays."""
    place = {key: at for at, key in enumerate(arrangement.places)}
    shown = [one for one in views if one.key not in arrangement.hidden or one.key == current]
    return sorted(shown, key=lambda one: place.get(one.key, len(place))) if place else shown


def saved(account: Account) -> list[View]:
    """Saved views. Their counts come later: see counted."""
    listed = saving_views.names_for(account)
    return [View(key, name, icon or "list", is_saved=True) for key, name, icon in listed]


def list_context(chosen: Chosen, page: Page, *, q: str = "") -> dict[str, Any]:
    """Context of the list."""
    title, text = ("", "") if page.rows or page.after else _empty_words(chosen.key, q)
    return {
        "rows": written(page.rows),
        "next_after": str(page.after) if page.after else "",
        "is_full": page.is_full,
        "q": q,
        "chosen": chosen,
        "empty_title": title,
        "empty_text": text,
    }


def view_of(request: HttpRequest, account: Account) -> str:
    """The view that is asked for, or the first one for this account."""
    asked = request.GET.get("view", "")
    if asked:
        return asked
    return DEFAULT_VIEW if account.may(Right.READ_MESSAGES) else "mentions"


def standard_names() -> list[View]:
    """The same without numbers, for where only their names are wanted."""
    return standard({})


def standard(counts: Mapping[str, int]) -> list[View]:
    """The views that are there from the start."""
    named = _standard(translation.get_language() or "")
    return [View(key, name, icon, counts.get(key, 0), counted) for key, name, icon, counted in named]


@lru_cache
def _standard(_language: str) -> tuple[tuple[str, str, str, bool], ...]:
    """Key, name, icon, and whether it is counted."""
    return (
        ("mine", _("Mine"), "user-check", True),
        ("unassigned", _("Unassigned"), "hand", True),
        ("longest", _("Waiting longest"), "clock-alert", False),
        ("mentions", _("Mentions"), "at-sign", True),
        ("open", _("All open"), "inbox", True),
        ("waiting", _("Waiting"), "hourglass", True),
        ("snoozed", pgettext("a view", "Snoozed"), "alarm-clock", True),
        ("sent", _("Sent by me"), "send", False),
        ("closed", pgettext("a view", "Closed"), "circle-check", False),
        ("all", _("All"), "layers", False),
        ("spam", _("Spam"), "ban", True),
    )


def _empty_words(view: str, q: str) -> tuple[str, str]:
    if q:
        return _("Nothing found"), _("Try fewer words, or a filter such as status:closed.")
    words = {
        "mine": (_("Nothing waits for you"), _("Unassigned conversations are one view below: take one with a.")),
        "unassigned": (_("Everything has an owner"), _("New mail appears here by itself.")),
        "mentions": (_("Nobody has asked you"), _("When a colleague mentions you in a note, it appears here.")),
        "spam": (_("No spam"), _("What your mail server or a colleague calls spam comes here.")),
        "snoozed": (_("Nothing is snoozed"), _("s puts a conversation away until a time you choose.")),
        "longest": (
            _("Nobody waits for an answer"),
            _("Who wrote and has no answer yet stands here, the oldest first."),
        ),
        "sent": (_("You have answered nothing yet"), _("Conversations appear here by your own newest reply.")),
        "closed": (_("Nothing is closed yet"), _("e closes a conversation. A customer’s next message opens it again.")),
    }
    return words.get(view, (_("Nothing here"), _("New mail appears here by itself.")))
