"""Time spent: minutes that people worked on a conversation, where the company wants to know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from rapport.conversations import access, history, locking
from rapport.conversations.errors import NotAllowed, NotFound, WrongValue
from rapport.conversations.models import Conversation, TimeEntry
from rapport.kit import text
from rapport.people import installing
from rapport.people.models import Account
from rapport.people.rights import Right

MOST_MINUTES = 24 * 60
SHOWN = 100


@dataclass(frozen=True, slots=True)
class Spent:
    """One entry. `mine`: the viewer may correct it."""

    pk: int
    who: str
    minutes: int
    note: str
    at: datetime
    mine: bool


def is_noted() -> bool:
    """Whether the company notes time at all."""
    return installing.current().time_spent


def note(conversation: Conversation, *, minutes: int, words: str = "", by: Account) -> TimeEntry:
    """Note minutes of one's own. Raises WrongValue, NotAllowed (also where the company notes none)."""
    _demand(by)
    _fits(minutes, least=1)
    with transaction.atomic():
        conversation = locking.lock_living(conversation)
        entry = TimeEntry.objects.create(
            conversation=conversation, account=by, minutes=minutes, note=text.clean_line(words, 200)
        )
        history.changed(conversation, "time_noted", by=by, entry=entry.pk, minutes=minutes)
        return entry


def correct(conversation: Conversation, *, entry: int, minutes: int, by: Account) -> None:
    """Other minutes for an entry of one's own; none takes it off. Raises WrongValue, NotFound, NotAllowed."""
    _demand(by)
    _fits(minutes, least=0)
    with transaction.atomic():
        conversation = locking.lock_living(conversation)
        family = locking.family_ids(conversation)
        found = TimeEntry.objects.filter(pk=entry, conversation_id__in=family, account=by).first()
        if found is None:
            raise NotFound
        before = found.minutes
        if before == minutes:
            return
        if minutes:
            found.minutes = minutes
            found.save(update_fields=["minutes"])
        else:
            found.delete()
        facts = {"entry": entry, "from": before, "to": minutes}
        history.changed(conversation, "time_corrected", by=by, **facts)


def entries(account: Account, conversation: Conversation) -> QuerySet[TimeEntry]:
    """Of a conversation the account was just found to see, and of what was merged into it; newest first."""
    if not account.may(Right.NOTE):
        return TimeEntry.objects.none()
    family = locking.family_ids(conversation)
    return TimeEntry.objects.filter(conversation_id__in=family).select_related("account").order_by("-pk")[:SHOWN]


def shown(account: Account, conversation: Conversation) -> list[Spent]:
    """The same for a page."""
    return [
        Spent(row.pk, row.account.name, row.minutes, row.note, row.at, row.account_id == account.pk)
        for row in entries(account, conversation)
    ]


def sums(spent: list[Spent]) -> list[tuple[str, int]]:
    """Minutes of each person, the most first."""
    found: dict[str, int] = {}
    for one in spent:
        found[one.who] = found.get(one.who, 0) + one.minutes
    return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))


def _demand(by: Account) -> None:
    access.demand(by, Right.NOTE)
    if not is_noted():
        raise NotAllowed


def _fits(minutes: int, *, least: int) -> None:
    if not least <= minutes <= MOST_MINUTES:
        raise WrongValue.of_options(MOST_MINUTES)
