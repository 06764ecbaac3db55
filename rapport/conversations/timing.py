"""Time spent: minutes that people worked on a conversation, where the company wants to know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet, Sum

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


def shown(account: Account, conversation: Conversation) -> list[Spent]:
    """The newest entries of a conversation the account was just found to see, and of what was merged into it."""
    rows = _entries(account, conversation).select_related("account").order_by("-pk")[:SHOWN]
    return [
        Spent(row.pk, row.account.name, row.minutes, row.note, row.at, row.account_id == account.pk) for row in rows
    ]


def sums(account: Account, conversation: Conversation) -> list[tuple[str, int]]:
    """Minutes of each person, of all entries, the most first."""
    found = _entries(account, conversation).values_list("account_id", "account__name").annotate(all=Sum("minutes"))
    return sorted(((name, minutes) for _pk, name, minutes in found.order_by()), key=lambda pair: (-pair[1], pair[0]))


def _entries(account: Account, conversation: Conversation) -> QuerySet[TimeEntry]:
    if not account.may(Right.NOTE):
        return TimeEntry.objects.none()
    return TimeEntry.objects.filter(conversation_id__in=locking.family_ids(conversation))


def _demand(by: Account) -> None:
    access.demand(by, Right.NOTE)
    if not is_noted():
        raise NotAllowed


def _fits(minutes: int, *, least: int) -> None:
    if not least <= minutes <= MOST_MINUTES:
        raise WrongValue.of_options(MOST_MINUTES)
