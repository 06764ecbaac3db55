"""Roles as rows: what the installation starts with, and how one is found."""

from __future__ import annotations

from rapport.people.errors import MoreThanOwn, NoSuchRole
from rapport.people.models import Account, Role, RoleRight
from rapport.people.rights import BUILT_IN_ROLES, Right

OWNER = "owner"


def ensure_roles(role_model: type[Role] = Role, right_model: type[RoleRight] = RoleRight) -> None:
    """Create the built-in roles that are missing, with their rights; changed ones stay as they are.

    The two models are parameters because a migration brings its own.
    """
    for key, (name, rights) in BUILT_IN_ROLES.items():
        role, created = role_model.objects.get_or_create(key=key, defaults={"name": name, "built_in": True})
        if created:
            right_model.objects.bulk_create([right_model(role=role, right=right.value) for right in rights])


def role(key: str) -> Role:
    """The role with this key. Raises NoSuchRole, for an archived one too."""
    found = Role.objects.filter(key=key, archived_at=None).first()
    if found is None:
        raise NoSuchRole
    return found


def rights_of(role: Role) -> frozenset[str]:
    """The rights it gives; what an older version knew and this one does not is left out."""
    return frozenset(row.right for row in role.rights.all()) & frozenset(Right.values)


def reaches(account: Account | None, role: Role) -> bool:
    """Whether the account holds every right of the role, so that it may give it and change who has it.

    Owners reach every role, others never the owner's. None is the operator, who reaches all.
    """
    if account is None or (account.is_active and account.role.key == OWNER):
        return True
    return role.key != OWNER and rights_of(role) <= account.rights


def require_reach(account: Account | None, role: Role) -> None:
    """Raises MoreThanOwn when the role gives what the account does not hold."""
    if not reaches(account, role):
        raise MoreThanOwn
