"""Which inboxes an account may see or set up."""

from __future__ import annotations

from django.db.models import QuerySet

from rapport.channels.models import Inbox
from rapport.people.models import Account
from rapport.people.rights import Right


def inboxes_visible_to(account: Account) -> QuerySet[Inbox]:
    """Inboxes an account may write from: all for the installation's administrators, else those of its teams."""
    if account.may(Right.SEE_ALL):
        return Inbox.objects.all()
    if account.may(Right.SEE_TEAM):
        return Inbox.objects.filter(team_id__in=account.team_ids)
    return Inbox.objects.none()


def inboxes_managed_by(account: Account) -> QuerySet[Inbox]:
    """Inboxes whose settings an account may change."""
    if account.may(Right.INSTALLATION):
        return Inbox.objects.all()
    if account.may(Right.TEAM_SETTINGS):
        return Inbox.objects.filter(team_id__in=account.team_ids)
    return Inbox.objects.none()
