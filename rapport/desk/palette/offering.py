"""What the palette offers: places that are always there, and what a few letters find, by bounded reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from django.utils.translation import gettext as _

from rapport.conversations import directory, finding, saving_views
from rapport.conversations.listing import Row
from rapport.desk.inbox import panes
from rapport.desk.settings import searching
from rapport.people import access, browsing
from rapport.people.models import Account
from rapport.people.rights import Right

MOST_FOUND = 6
MOST_RECENT = 8
FEWEST_LETTERS = 2


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing to go to. `hint` stands beside it; `words` are others it is found by."""

    group: str
    text: str
    href: str
    hint: str = ""
    words: str = ""


Answer = list[dict[str, str]]


def places(account: Account) -> Answer:
    """Views, teams, colleagues and settings of this account: few enough for the browser to narrow."""
    known = directory.read()
    return [asdict(one) for one in [*_views(account), *_teams(account), *_people(account, known), *_settings(account)]]


def found(account: Account, words: str) -> Answer:
    """The newest conversations and customers that hold these words, of those the account may see."""
    if len(words.strip()) < FEWEST_LETTERS and not words.strip().isdecimal():
        return []
    rows = [_conversation(_("Conversations"), row) for row in finding.quick(account, words=words, most=MOST_FOUND)]
    people = [
        Offer(_("Customers"), one.name or one.email, f"/customers/{one.pk}/", one.organisation or one.email)
        for one in browsing.search(account, words=words).entries[:MOST_FOUND]
    ]
    return [asdict(one) for one in [*rows, *people]]


def recent(account: Account, numbers: Sequence[int]) -> Answer:
    """The conversations with these numbers, in this order, as far as the account sees them now."""
    return [asdict(_conversation(_("Recent"), row)) for row in finding.by_numbers(account, numbers[:MOST_RECENT])]


def _conversation(group: str, row: Row) -> Offer:
    return Offer(group, row.subject or _("(no subject)"), f"/conversations/{row.number}/", f"#{row.number} {row.who}")


def _views(account: Account) -> list[Offer]:
    group = _("Views")
    standard = [(one.key, one.name) for one in panes.standard_names()]
    saved = [(key, name) for key, name, _icon in saving_views.names_for(account)]
    shown = [Offer(group, name, f"/inbox/?view={key}") for key, name in [*standard, *saved]]
    begun = [Offer(group, _("Waiting to go out"), "/later/", words=_("send later scheduled held"))]
    return shown + (begun if account.may(Right.REPLY) else [])


def _teams(account: Account) -> list[Offer]:
    seen = [one for one in access.team_names(account) if account.may(Right.SEE_ALL) or one[0] in account.team_ids]
    return [Offer(_("Teams"), name, f"/inbox/?view=team:{pk}") for pk, name in seen]


def _people(account: Account, known: directory.Directory) -> list[Offer]:
    if not account.is_active:
        return []
    hint = _("what is assigned to them")
    return [Offer(_("Colleagues"), name, f"/search/?q=assignee:{pk}", hint) for pk, name in known.colleagues]


def _settings(account: Account) -> list[Offer]:
    return [
        Offer(_("Settings"), one.title, one.address, one.within, one.words) for one in searching.settings_of(account)
    ]
