"""Somebody arranges their own rail and lists. It changes nothing for anybody else."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from rapport.conversations import boards, ordering
from rapport.conversations.columns import COLUMNS, USUAL
from rapport.conversations.models import Arrangement
from rapport.kit.text import clean_line
from rapport.people.models import Account
from rapport.rows.asking import Objects

COMPACT = "compact"
_MOST_KEYS = 300
_KEY_CHARS = 24


def of(account: Account) -> Arrangement:
    """How this account has arranged things; an empty one, not stored, for who has not."""
    found = _of.ask(account.pk)
    return found[0] if found else Arrangement(account_id=account.pk)


def expect(account: Account) -> None:
    """Bring it along with what is asked now."""
    _of.expect(account.pk)


def place(account: Account, keys: Sequence[str], *, hidden: Sequence[str]) -> None:
    """The rail shows the views in this sequence, without the hidden ones. Unknown keys do no harm."""
    with transaction.atomic():
        arrangement = _locked(account)
        arrangement.places = _keys(keys)
        arrangement.hidden = _keys(hidden)
        arrangement.save(update_fields=["places", "hidden"])


def sort(account: Account, view: str, *, order: str) -> None:
    """This account reads a view in this order from now on; an unknown order means the view's own."""
    _choose(account, "orders", view, order if order in ordering.ORDERS else None)


def show(account: Account, view: str, *, columns: Sequence[str]) -> None:
    """This account sees these columns in a view from now on; the usual ones, or none, mean the view's own."""
    chosen = [key for key in COLUMNS if key in columns]
    _choose(account, "columns", view, chosen if chosen and tuple(chosen) != USUAL else None)


def lay_out(account: Account, view: str, *, by: str) -> None:
    """This account sees a view as a board by this from now on (boards.By); anything else means the list."""
    _choose(account, "layouts", view, by if by in boards.WAYS else None)


def set_density(account: Account, *, density: str) -> None:
    """All lists of this account are compact, or comfortable."""
    with transaction.atomic():
        arrangement = _locked(account)
        arrangement.density = COMPACT if density == COMPACT else ""
        arrangement.save(update_fields=["density"])


def _choose(account: Account, name: str, view: str, choice: object) -> None:
    key = clean_line(view, _KEY_CHARS)
    with transaction.atomic():
        arrangement = _locked(account)
        choices = {other: value for other, value in getattr(arrangement, name).items() if other != key}
        if choice is not None and len(choices) < _MOST_KEYS:
            choices[key] = choice
        setattr(arrangement, name, choices)
        arrangement.save(update_fields=[name])


def _keys(keys: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(clean_line(key, _KEY_CHARS) for key in keys))[:_MOST_KEYS]


def _locked(account: Account) -> Arrangement:
    found, _made = Arrangement.objects.select_for_update().get_or_create(account=account)
    return found


_of = Objects(lambda account_id: Arrangement.objects.filter(account_id=account_id))
