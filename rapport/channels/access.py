"""Which inboxes an account may see or set up."""

from __future__ import annotations

from django.db.models import QuerySet

from rapport.channels.models import Inbox
from rapport.people.models import Account
from rapport.people.rights import Right
from rapport.rows.asking import Question


def inboxes_visible_to(account: Account) -> QuerySet[Inbox]:
    """Inboxes an account may write from: all for the installation's administrators, else those of its teams."""
    if account.may(Right.SEE_ALL):
        return Inbox.objects.all()
    if account.may(Right.SEE_TEAM):
        return Inbox.objects.filter(team_id__in=account.team_ids)
    return Inbox.objects.none()


def may_write_from(account: Account, inbox: int) -> bool:
    """Whether the account may send from this inbox, an id, and it is active."""
    return inboxes_visible_to(account).filter(pk=inbox, is_active=True).exists()


def inboxes_to_write_from(account: Account) -> list[tuple[int, str, str]]:
    """Id, name and address of the active ones of these, by name: every composer offers them."""
    if account.may(Right.SEE_ALL):
        return _active.ask()
    return _active_of_teams.ask(sorted(account.team_ids)) if account.may(Right.SEE_TEAM) else []


def expect_inboxes_to_write_from(account: Account) -> None:
    """Bring them along with what is asked now."""
    if account.may(Right.SEE_ALL):
        _active.expect()
    elif account.may(Right.SEE_TEAM):
        _active_of_teams.expect(sorted(account.team_ids))


def inboxes_managed_by(account: Account) -> QuerySet[Inbox]:
    """Inboxes whose settings an account may change."""
    if account.may(Right.INSTALLATION):
        return Inbox.objects.all()
    if account.may(Right.TEAM_SETTINGS):
        return Inbox.objects.filter(team_id__in=account.team_ids)
    return Inbox.objects.none()


_COLUMNS = ("pk", "name", "address")
_active = Question(lambda: Inbox.objects.filter(is_active=True).order_by("name", "pk").values_list(*_COLUMNS))
_active_of_teams = Question(
    lambda teams: Inbox.objects.filter(is_active=True, team_id__in=teams).order_by("name", "pk").values_list(*_COLUMNS)
)
