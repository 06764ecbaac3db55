"""Roles as rows: what the installation starts with, and how one is found."""

from __future__ import annotations

from rapport.people.errors import NoSuchRole
from rapport.people.models import Role, RoleRight
from rapport.people.rights import BUILT_IN_ROLES

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
    """The role with this key. Raises NoSuchRole."""
    found = Role.objects.filter(key=key).first()
    if found is None:
        raise NoSuchRole
    return found
