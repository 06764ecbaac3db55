"""Macros are written, changed and put away. Personal ones by their owner, others by whoever keeps the settings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from rapport.conversations import applying
from rapport.conversations.errors import NoName, NotAllowed, NotFound, NothingToSay
from rapport.conversations.models import Macro
from rapport.events import auditing
from rapport.kit import clock, html, text
from rapport.people.models import Account, Team
from rapport.people.rights import Right

MOST_ACTS = 20
_NAME_CHARS = 80
_TOLD = ("name", "html", "acts", "owner", "team")


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a macro holds. `html` is sanitised by the verbs; `acts` as applying.ACTS reads them."""

    name: str
    html: str = ""
    acts: list[dict[str, str]] = field(default_factory=list)


def create(prepared: Prepared, *, by: Account, owner: Account | None = None, team: Team | None = None) -> Macro:
    """A new macro: personal with `owner` (only oneself), a team's with `team`, else everybody's.

    Raises NoName, NothingToSay, UnknownStatus (an act that does not exist), NotAllowed.
    """
    macro = Macro(owner=owner, team=team, created_by=by)
    _demand(macro, by)
    return _store(macro, prepared, by=by, before=None)


def change(macro: Macro, prepared: Prepared, *, by: Account) -> Macro:
    """Other words or acts from now on. Raises what `create` raises."""
    _demand(macro, by)
    return _store(macro, prepared, by=by, before=auditing.state(macro, *_TOLD))


def archive(macro: Macro, *, by: Account) -> None:
    """Out of every menu; `restore` brings it back."""
    _set_archived(macro, True, by=by)


def restore(macro: Macro, *, by: Account) -> None:
    """Back into the menus."""
    _set_archived(macro, False, by=by)


def visible_to(account: Account) -> QuerySet[Macro]:
    """Living macros this account may apply: its own, its teams', everybody's; by name."""
    if not account.is_active or not account.may(Right.NOTE):
        return Macro.objects.none()
    mine = Q(owner=account) | Q(team_id__in=account.team_ids) | Q(owner__isnull=True, team__isnull=True)
    return Macro.objects.filter(mine, archived_at__isnull=True).order_by("name", "pk")


def get(account: Account, pk: int) -> Macro:
    """One that the account may apply. Raises NotFound."""
    found = visible_to(account).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def changeable_by(account: Account) -> QuerySet[Macro]:
    """Those this account may change, archived ones too."""
    found = Q(owner=account)
    if account.may(Right.INSTALLATION):
        found |= Q(owner__isnull=True)
    elif account.may(Right.TEAM_SETTINGS):
        found |= Q(owner__isnull=True, team_id__in=account.team_ids)
    return Macro.objects.filter(found).select_related("team").order_by("name", "pk")


def _demand(macro: Macro, by: Account) -> None:
    if macro.owner_id is not None:
        allowed = macro.owner_id == by.pk and by.may(Right.NOTE)
    elif macro.team_id is not None:
        allowed = by.may(Right.INSTALLATION) or (by.may(Right.TEAM_SETTINGS) and macro.team_id in by.team_ids)
    else:
        allowed = by.may(Right.INSTALLATION)
    if not allowed:
        raise NotAllowed


def _store(macro: Macro, prepared: Prepared, *, by: Account, before: dict[str, Any] | None) -> Macro:
    macro.name = text.clean_line(prepared.name, _NAME_CHARS)
    if not macro.name:
        raise NoName
    macro.html = html.sanitize(prepared.html)
    macro.acts = applying.checked(prepared.acts[:MOST_ACTS])
    if not macro.acts and not html.to_text(macro.html).strip():
        raise NothingToSay
    macro.changed_at = clock.now()
    with transaction.atomic():
        macro.save()
        kind = "macro.changed" if before else "macro.created"
        auditing.changed(kind, macro, by=by, before=before, after=auditing.state(macro, *_TOLD))
    return macro


def _set_archived(macro: Macro, archived: bool, *, by: Account) -> None:
    _demand(macro, by)
    with transaction.atomic():
        macro.archived_at = clock.now() if archived else None
        macro.save(update_fields=["archived_at"])
        auditing.changed("macro.archived" if archived else "macro.restored", macro, by=by)
