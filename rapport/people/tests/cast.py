"""Everybody knows them: the people of a florist's shop, for the tests of every app above this one."""

from __future__ import annotations

from dataclasses import dataclass

from rapport.people.models import Account, Membership, Team
from rapport.people.roles import ensure_roles, role

PASSWORD = "tulips-in-the-rain-2"


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address as a message names it."""

    email: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Cast:
    """Olga owns, Adam administers, Sam supervises sales; Ann and Ben sell, Dora delivers, Carl is asked, Fay has left."""

    olga: Account
    adam: Account
    sam: Account
    ann: Account
    ben: Account
    dora: Account
    carl: Account
    fay: Account
    sales: Team
    delivery: Team


def assemble() -> Cast:
    """Everybody and both teams. Works in transactional tests too, where the roles were flushed away."""
    ensure_roles()
    sales, delivery = Team.objects.create(name="Sales"), Team.objects.create(name="Delivery")
    return Cast(
        olga=person("olga", "owner"),
        adam=person("adam", "administrator"),
        sam=person("sam", "supervisor", sales),
        ann=person("ann", "agent", sales),
        ben=person("ben", "agent", sales),
        dora=person("dora", "agent", delivery),
        carl=person("carl", "colleague"),
        fay=person("fay", "agent", sales, is_active=False),
        sales=sales,
        delivery=delivery,
    )


def person(name: str, role_key: str, *teams: Team, is_active: bool = True) -> Account:
    """An account <name>@flowers.example with the password of the cast."""
    account = Account.objects.create_user(
        f"{name}@flowers.example", PASSWORD, name=name.title(), role=role(role_key), is_active=is_active
    )
    for team in teams:
        Membership.objects.create(account=account, team=team)
    return account
