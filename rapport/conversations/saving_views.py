"""Views are saved, changed and put away. Personal ones by their owner, others by whoever keeps the settings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Max, Q, QuerySet

from rapport.conversations import ordering, storing_filters
from rapport.conversations.columns import COLUMNS
from rapport.conversations.errors import NoName, NotAllowed, NotFound, TooMany
from rapport.conversations.filtering import Filter
from rapport.conversations.models import View
from rapport.events import auditing
from rapport.kit import clock, text
from rapport.people.models import Account, Team
from rapport.people.rights import Right
from rapport.rows.asking import Objects, Question

MOST_VIEWS = 100
ICONS = (
    "list", "inbox", "star", "flag", "tag", "users", "user", "building-2", "shopping-bag", "clock-alert", "hourglass",
    "calendar", "phone", "globe", "message-circle", "mail", "bell", "zap", "eye", "hand", "shield-alert", "archive",
)  # fmt: skip
_TOLD = ("name", "condition", "ordering", "columns", "icon", "owner", "team")
_NAME_CHARS = 80


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a view holds. Unknown icons, orders and columns become the usual ones."""

    name: str
    condition: Filter
    icon: str = ""
    ordering: str = ""
    columns: list[str] = field(default_factory=list)


def create(prepared: Prepared, *, by: Account, owner: Account | None = None, team: Team | None = None) -> View:
    """A new view: personal with `owner` (only oneself), a team's with `team`, else everybody's.

    Raises NoName, NotAllowed, TooMany.
    """
    view = View(owner=owner, team=team, created_by=by)
    _demand(view, by)
    alike = View.objects.filter(owner=owner, team=team, archived_at=None)
    if alike.count() >= MOST_VIEWS:
        raise TooMany
    view.position = (alike.aggregate(last=Max("position"))["last"] or 0) + 1
    return _store(view, prepared, by=by, kind="created")


def change(view: View, prepared: Prepared, *, by: Account) -> View:
    """Other conditions from now on. Raises what `create` raises."""
    _demand(view, by)
    return _store(view, prepared, by=by, kind="changed")


def archive(view: View, *, by: Account) -> None:
    """Out of every rail; `restore` brings it back."""
    _set_archived(view, True, by=by)


def restore(view: View, *, by: Account) -> None:
    """Back into the rails."""
    _set_archived(view, False, by=by)


def visible_to(account: Account) -> QuerySet[View]:
    """Living views this account may open: its own, its teams', everybody's."""
    return _visible(account.pk, sorted(account.team_ids)) if _has_any(account) else View.objects.none()


def listed_for(account: Account) -> list[View]:
    """The same, read by a kept statement."""
    return _listed.ask(account.pk, sorted(account.team_ids)) if _has_any(account) else []


def names_for(account: Account) -> list[tuple[str, str, str]]:
    """Their keys, names and icons: every page with a rail asks, and for no more."""
    rows = _names.ask(account.pk, sorted(account.team_ids)) if _has_any(account) else []
    return [(View.key_of(pk), name, icon) for pk, name, icon in rows]


def expect_names(account: Account) -> None:
    """Bring along what `names_for` asks."""
    if _has_any(account):
        _names.expect(account.pk, sorted(account.team_ids))


def get(account: Account, pk: int) -> View:
    """One that the account may open. Raises NotFound."""
    asks = 0 < pk < 2**63 and _has_any(account)
    found = _one.ask(account.pk, pk, sorted(account.team_ids)) if asks else []
    if not found:
        raise NotFound
    return found[0]


def changeable_by(account: Account) -> QuerySet[View]:
    """Those this account may change, archived ones too. Nobody changes, or sees, what is another's own."""
    found = Q(owner=account)
    if account.may(Right.INSTALLATION):
        found |= Q(owner__isnull=True)
    elif account.may(Right.TEAM_SETTINGS):
        found |= Q(owner__isnull=True, team_id__in=account.team_ids)
    return View.objects.filter(found).select_related("team").order_by("position", "pk")


def filter_of(view: View) -> Filter:
    """What it shows. Never raises: conditions that nobody understands any more hold for nothing."""
    return storing_filters.from_json(view.condition)


def _has_any(account: Account) -> bool:
    return account.is_active and account.may(Right.NOTE)


def _visible(account_id: int, teams: Any) -> QuerySet[View]:
    shared = Q(owner__isnull=True, team__isnull=True)
    mine = Q(owner_id=account_id) | shared | (Q(team_id__in=teams) if teams else Q())
    return View.objects.filter(mine, archived_at__isnull=True).order_by("position", "pk")


_listed = Objects(_visible)
_one = Objects(lambda account_id, pk, teams: _visible(account_id, teams).filter(pk=pk))
_names = Question(lambda account_id, teams: _visible(account_id, teams).values_list("pk", "name", "icon"))


def _demand(view: View, by: Account) -> None:
    if view.owner_id is not None:
        allowed = view.owner_id == by.pk and by.may(Right.NOTE)
    elif view.team_id is not None:
        allowed = by.may(Right.INSTALLATION) or (by.may(Right.TEAM_SETTINGS) and view.team_id in by.team_ids)
    else:
        allowed = by.may(Right.INSTALLATION)
    if not allowed:
        raise NotAllowed


def _store(view: View, prepared: Prepared, *, by: Account, kind: str) -> View:
    before = auditing.state(view, *_TOLD) if view.pk else None
    view.name = text.clean_line(prepared.name, _NAME_CHARS)
    if not view.name:
        raise NoName
    view.condition = storing_filters.to_json(prepared.condition)
    view.icon = prepared.icon if prepared.icon in ICONS else ""
    view.ordering = ordering.of(prepared.ordering).key
    view.columns = [key for key in COLUMNS if key in prepared.columns]
    view.changed_at = clock.now()
    with transaction.atomic():
        view.save()
        auditing.changed(f"view.{kind}", view, by=by, before=before, after=auditing.state(view, *_TOLD))
    return view


def _set_archived(view: View, archived: bool, *, by: Account) -> None:
    _demand(view, by)
    with transaction.atomic():
        view.archived_at = clock.now() if archived else None
        view.save(update_fields=["archived_at"])
        auditing.changed("view.archived" if archived else "view.restored", view, by=by)
