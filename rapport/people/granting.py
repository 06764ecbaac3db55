"""Roles are put together: made, renamed, given rights, archived. Whoever has one feels it within seconds."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import F
from django.utils.text import slugify

from rapport.events import auditing
from rapport.kit import clock
from rapport.people.errors import MoreThanOwn, OwnersHaveAll, RightMissing, RoleInUse, RoleNameTaken
from rapport.people.models import Account, Invitation, Role, RoleRight
from rapport.people.rights import NEEDS, Right
from rapport.people.roles import OWNER, require_reach, rights_of

_LONGEST_KEY = 32


@transaction.atomic
def create(name: str, *, rights: Iterable[str], by: Account | None) -> Role:
    """A new role. Raises RoleNameTaken, MoreThanOwn, RightMissing."""
    wanted = _known(rights)
    _require_held(wanted, by)
    _require_whole(wanted)
    role = Role(key=_free_key(name), name=name.strip())
    _require_free_name(role)
    role.save()
    RoleRight.objects.bulk_create([RoleRight(role=role, right=right) for right in sorted(wanted)])
    auditing.changed("role.created", role, by=by, after={"name": role.name, "rights": sorted(wanted)})
    return role


@transaction.atomic
def rename(role: Role, *, name: str, by: Account | None) -> Role:
    """Call it something else; nobody's rights change. Raises RoleNameTaken."""
    before = auditing.state(role, "name")
    if role.name == name.strip():
        return role
    role.name = name.strip()
    _require_free_name(role)
    role.save(update_fields=["name"])
    auditing.changed("role.changed", role, by=by, before=before)
    return role


@transaction.atomic
def set_rights(role: Role, *, rights: Iterable[str], by: Account | None) -> bool:
    """Let the role give exactly these rights; whether that changed anything. Sessions and streams of all who have it end.

    What is added and what is taken must be held by who does it. Raises MoreThanOwn, OwnersHaveAll, RightMissing.
    """
    locked = Role.objects.select_for_update().get(pk=role.pk)
    wanted, had = _known(rights), rights_of(locked)
    if wanted == had:
        return False
    if locked.key == OWNER:
        raise OwnersHaveAll
    _require_held(wanted ^ had, by)
    _require_whole(wanted)
    RoleRight.objects.filter(role=locked, right__in=had - wanted).delete()
    RoleRight.objects.bulk_create([RoleRight(role=locked, right=right) for right in sorted(wanted - had)])
    Account.objects.filter(role=locked).update(access_version=F("access_version") + 1)
    auditing.changed("role.changed", locked, by=by, before={"rights": sorted(had)}, after={"rights": sorted(wanted)})
    return True


@transaction.atomic
def archive(role: Role, *, by: Account | None) -> Role:
    """Give it to nobody any more; history and ended accounts keep it. Raises OwnersHaveAll, MoreThanOwn, RoleInUse."""
    locked = Role.objects.select_for_update().get(pk=role.pk)
    if locked.key == OWNER:
        raise OwnersHaveAll
    require_reach(by, locked)
    invited = Invitation.objects.filter(role=locked, used_at=None, account=None, expires_at__gt=clock.now())
    if Account.objects.filter(role=locked, is_active=True).exists() or invited.exists():
        raise RoleInUse
    return _mark(role, archived=True, by=by)


@transaction.atomic
def restore(role: Role, *, by: Account | None) -> Role:
    """Let it be given again. Raises MoreThanOwn."""
    require_reach(by, role)
    return _mark(role, archived=False, by=by)


def _mark(role: Role, *, archived: bool, by: Account | None) -> Role:
    if (role.archived_at is not None) == archived:
        return role
    role.archived_at = clock.now() if archived else None
    role.save(update_fields=["archived_at"])
    auditing.changed("role.archived" if archived else "role.restored", role, by=by)
    return role


def _known(rights: Iterable[str]) -> frozenset[str]:
    return frozenset(rights) & frozenset(Right.values)


def _require_held(rights: frozenset[str], by: Account | None) -> None:
    if by is not None and by.role.key != OWNER and not rights <= by.rights:
        raise MoreThanOwn


def _require_whole(rights: frozenset[str]) -> None:
    for right in sorted(rights):
        needed = NEEDS.get(right)
        if needed is not None and needed.value not in rights:
            raise RightMissing(str(Right(right).label), str(needed.label))


def _require_free_name(role: Role) -> None:
    if Role.objects.filter(name__iexact=role.name).exclude(pk=role.pk).exists():
        raise RoleNameTaken


def _free_key(name: str) -> str:
    """What `rapport invite --role` takes: the name in plain letters, with a number when that is taken."""
    plain = slugify(name)[:_LONGEST_KEY] or "role"
    taken = set(Role.objects.filter(key__startswith=plain).values_list("key", flat=True))
    return next(key for key in [plain, *(f"{plain}-{n}" for n in range(2, len(taken) + 3))] if key not in taken)
