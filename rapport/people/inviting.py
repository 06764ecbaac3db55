"""Ways in: invitations and resets by single-use, expiring links. Only a hash of each token is kept."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.db import transaction

from rapport.events import auditing
from rapport.kit import clock
from rapport.kit.secrets import random_token
from rapport.people import changing, joining, speaking
from rapport.people.errors import AlreadyMember, InvitationSpent, NoSuchAccount, OnlyOwners
from rapport.people.models import Account, Invitation, Role, Team
from rapport.people.recognising import address_key
from rapport.people.roles import OWNER, require_reach
from rapport.people.roles import role as role_by_key

INVITATION_LASTS = timedelta(days=7)
RESET_LASTS = timedelta(days=1)


@transaction.atomic
def invite(
    email: str, *, name: str = "", role: Role | str, teams: Iterable[Team] = (), by: Account | None
) -> tuple[Invitation, str]:
    """Invite an address; the token (shown once, kept as a hash) goes into /invitations/<token>/.

    A newer invitation replaces older ones of the same address. Raises AlreadyMember, NoSuchRole, OnlyOwners, MoreThanOwn.
    """
    address = address_key(email)
    granted = role_by_key(role) if isinstance(role, str) else role
    if granted.key == OWNER and by is not None and by.role.key != OWNER:
        raise OnlyOwners
    require_reach(by, granted)
    if Account.objects.filter(email=address, is_active=True).exists():
        raise AlreadyMember
    Invitation.objects.filter(email=address, used_at=None).delete()
    token = random_token()
    invitation = Invitation.objects.create(
        email=address,
        name=name.strip(),
        role=granted,
        invited_by=by,
        token_sha256=_hash(token),
        expires_at=clock.now() + INVITATION_LASTS,
    )
    invitation.teams.set(teams)
    after = auditing.state(invitation, "email", "name", "role", "teams")
    auditing.changed("account.invited", invitation, by=by, after=after)
    return invitation, token


@transaction.atomic
def reset(account: Account, *, by: Account | None = None) -> str:
    """A token with which the account's owner sets a new password at /invitations/<token>/. Raises OnlyOwners, MoreThanOwn."""
    if account.role.key == OWNER and by is not None and by.role.key != OWNER:
        raise OnlyOwners
    require_reach(by, account.role)
    Invitation.objects.filter(email=account.email, used_at=None).delete()
    token = random_token()
    Invitation.objects.create(
        email=account.email,
        name=account.name,
        role=account.role,
        account=account,
        invited_by=by,
        token_sha256=_hash(token),
        expires_at=clock.now() + RESET_LASTS,
    )
    auditing.changed("account.changed", account, by=by, secrets=["password_link"], also={"what": "reset"})
    return token


@transaction.atomic
def withdraw(invitation: Invitation, *, by: Account | None) -> None:
    """Make an unused invitation worthless."""
    Invitation.objects.filter(pk=invitation.pk, used_at=None).delete()
    auditing.changed("account.uninvited", invitation, by=by)


def find(token: str) -> Invitation:
    """The open invitation of this token. Raises InvitationSpent for unknown, used, replaced and expired ones alike."""
    open_ones = Invitation.objects.filter(used_at=None, expires_at__gt=clock.now())
    found = open_ones.select_related("role", "account").filter(token_sha256=_hash(token)).first()
    if found is None or (found.account is not None and not found.account.is_active):
        raise InvitationSpent
    return found


def accept(token: str, *, name: str, password: str) -> Account:
    """Use an invitation or a reset: the account with its name and password, ready to sign in.

    An ended account of the same address comes back with the invited role and teams. Raises InvitationSpent, and
    Django's ValidationError for a password that is too weak.
    """
    invitation = find(token)
    validate_password(password, Account(email=invitation.email, name=name))
    # Hashed before the transaction: it takes a quarter of a second, in which others could not write.
    hashed = make_password(password)
    with transaction.atomic():
        # The conditional UPDATE decides between two uses at the same moment.
        if not Invitation.objects.filter(pk=invitation.pk, used_at=None).update(used_at=clock.now()):
            raise InvitationSpent
        if invitation.account is not None:
            return changing.set_hashed_password(invitation.account, hashed=hashed, by=invitation.account)
        account = _enter(invitation, name.strip(), hashed)
        Invitation.objects.filter(pk=invitation.pk).update(account=account)
        return account


def link(token: str) -> str:
    """The path of the page that takes the token."""
    return f"/invitations/{token}/"


def invite_from_command(email: str, *, role: str, teams: Sequence[str] = (), name: str = "") -> str:
    """`rapport invite`: the path to open. Raises AlreadyMember, NoSuchRole, NoSuchTeam."""
    _, token = invite(email, name=name, role=role, teams=joining.teams_named(teams), by=None)
    return link(token)


def reset_from_command(email: str) -> str:
    """`rapport reset-password`: the path to open. Raises NoSuchAccount for unknown and ended accounts."""
    account = Account.objects.select_related("role").filter(email=address_key(email), is_active=True).first()
    if account is None:
        raise NoSuchAccount
    return link(reset(account))


def _enter(invitation: Invitation, name: str, hashed: str) -> Account:
    account = Account.objects.filter(email=invitation.email).first()
    if account is None:
        account = Account.objects.create(
            email=invitation.email, name=name, role=invitation.role, password=hashed, language=speaking.of_page()
        )
        after = auditing.state(account, "email", "name", "role")
        auditing.changed("account.created", account, by=account, after=after)
    elif account.is_active:
        raise InvitationSpent
    else:
        before = auditing.state(account, "name", "role", "is_active")
        account.name, account.role, account.is_active, account.password = name, invitation.role, True, hashed
        account.save(update_fields=["name", "role", "is_active", "password"])
        changing.renew_access(account, what="active", by=account, before=before)
    joining.set_teams(account, teams=invitation.teams.filter(ended_at=None), by=invitation.invited_by)
    return account


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
