"""What an account may do changes: role, activity, password, second factor. Its sessions and streams end with that."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import F

from rapport.events import auditing
from rapport.people.errors import LastOwner, OnlyOwners
from rapport.people.models import Account, Role
from rapport.people.roles import OWNER, require_reach

# Under this name a session holds the access version that it was opened for.
VERSION_KEY = "access_version"


@transaction.atomic
def change_role(account: Account, *, role: Role, by: Account | None) -> Account:
    """Give the account another role. Raises OnlyOwners, MoreThanOwn, LastOwner. `by` None is the operator."""
    locked = _lock(account)
    if locked.role_id == role.pk:
        return account
    _guard(locked, to=role, by=by)
    if locked.role.key == OWNER:
        _keep_an_owner(locked)
    before = auditing.state(locked, "role")
    account.role = role
    account.save(update_fields=["role"])
    renew_access(account, what="role", by=by, before=before)
    return account


@transaction.atomic
def end(account: Account, *, by: Account | None) -> Account:
    """End the account: it can neither sign in nor see anything, at once. Raises OnlyOwners, MoreThanOwn, LastOwner."""
    locked = _lock(account)
    if not locked.is_active:
        return account
    _guard(locked, to=None, by=by)
    if locked.role.key == OWNER:
        _keep_an_owner(locked)
    before = auditing.state(locked, "is_active")
    account.is_active = False
    account.save(update_fields=["is_active"])
    renew_access(account, what="active", by=by, before=before)
    return account


@transaction.atomic
def restore(account: Account, *, by: Account | None) -> Account:
    """Let an ended account sign in again, with the role and teams it had. Raises OnlyOwners, MoreThanOwn."""
    locked = _lock(account)
    if locked.is_active:
        return account
    _guard(locked, to=None, by=by)
    before = auditing.state(locked, "is_active")
    account.is_active = True
    account.save(update_fields=["is_active"])
    renew_access(account, what="active", by=by, before=before)
    return account


def set_password(account: Account, *, password: str, by: Account | None) -> Account:
    """Give the account another password, judged before by the validators. Its second factor stays."""
    return set_hashed_password(account, hashed=make_password(password), by=by)


@transaction.atomic
def set_hashed_password(account: Account, *, hashed: str, by: Account | None) -> Account:
    """As set_password, with what make_password() made of it before the transaction began."""
    account.password = hashed
    account.save(update_fields=["password"])
    renew_access(account, what="password", by=by)
    return account


@transaction.atomic
def change_profile(account: Account, *, name: str, language: str, time_zone: str, mail_notifications: bool) -> Account:
    """What people say of themselves; nobody loses a session over it. `time_zone` is an IANA name or empty."""
    before = auditing.state(account, "name", "language", "time_zone", "mail_notifications")
    account.name, account.language = name.strip(), language
    account.time_zone, account.mail_notifications = time_zone, mail_notifications
    account.save(update_fields=["name", "language", "time_zone", "mail_notifications"])
    auditing.changed("account.changed", account, by=account, before=before, also={"what": "profile"})
    return account


@transaction.atomic
def change_start(account: Account, *, start_page: str) -> Account:
    """Which page this person begins with: one of Account.Start."""
    if account.start_page != start_page:
        before = auditing.state(account, "start_page")
        account.start_page = start_page
        account.save(update_fields=["start_page"])
        auditing.changed("account.changed", account, by=account, before=before, also={"what": "profile"})
    return account


@transaction.atomic
def change_signature(account: Account, *, signature_html: str) -> Account:
    """What closes this person's replies in place of the team's signature; empty for the team's."""
    if account.signature_html != signature_html:
        before = auditing.state(account, "signature_html")
        account.signature_html = signature_html
        account.save(update_fields=["signature_html"])
        auditing.changed("account.changed", account, by=account, before=before, also={"what": "signature"})
    return account


def renew_access(
    account: Account,
    *,
    what: str,
    by: Account | None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Raise `access_version`, so that sessions and streams of before end, and record `account.changed`.

    `what` is one of role, teams, active, password, mfa; without `before` it is a secret, of which nothing is told but
    that it changed. Call it in the transaction of the change.
    """
    Account.objects.filter(pk=account.pk).update(access_version=F("access_version") + 1)
    account.refresh_from_db(fields=["access_version"])
    for name in ("rights", "team_ids"):
        account.__dict__.pop(name, None)
    secrets = () if before is not None else (what,)
    told: Any = {"before": before, "after": after, "secrets": secrets, "also": {"what": what}}
    auditing.changed("account.changed", account, by=by, **told)


def _lock(account: Account) -> Account:
    return Account.objects.select_for_update(of=("self",)).select_related("role").get(pk=account.pk)


def _guard(account: Account, *, to: Role | None, by: Account | None) -> None:
    """Nobody decides over somebody with more rights, nor hands out more than they hold."""
    if by is None or by.role.key == OWNER:
        return
    if account.role.key == OWNER or (to is not None and to.key == OWNER):
        raise OnlyOwners
    for role in (account.role, to):
        if role is not None:
            require_reach(by, role)


def _keep_an_owner(account: Account) -> None:
    """Locks the owners' rows, so that two owners cannot end each other at the same moment."""
    owners = Account.objects.select_for_update(of=("self",)).filter(role__key=OWNER, is_active=True).order_by("pk")
    if not any(owner.pk != account.pk for owner in owners):
        raise LastOwner
