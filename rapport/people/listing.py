"""Named reads of people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet

from rapport.kit import clock
from rapport.people.models import Account, Customer, CustomerAddress, Invitation, Order, Role, Team
from rapport.people.recognising import living
from rapport.rows.asking import Question


def everybody() -> QuerySet[Account]:
    """All accounts with role and teams: active ones first, then by name."""
    living_teams = Team.objects.filter(ended_at=None).order_by("name")
    rows = Account.objects.select_related("role").prefetch_related(Prefetch("teams", queryset=living_teams))
    return rows.order_by("-is_active", "name", "pk")


def colleagues() -> QuerySet[Account]:
    """Active accounts by name: who can be assigned, mentioned and asked."""
    return Account.objects.filter(is_active=True).order_by("name", "pk")


def open_invitations() -> QuerySet[Invitation]:
    """Invitations that still open a door, newest first."""
    rows = Invitation.objects.filter(used_at=None, account=None, expires_at__gt=clock.now())
    return rows.select_related("role", "invited_by").prefetch_related("teams").order_by("-pk")


def teams() -> QuerySet[Team]:
    """Living teams by name, with the number of their active members as `member_count`."""
    active = Count("members", filter=Q(members__is_active=True))
    return Team.objects.filter(ended_at=None).annotate(member_count=active).order_by("name")


def members(team: Team) -> QuerySet[Account]:
    """Active members of a team by name."""
    return Account.objects.filter(teams=team, is_active=True).order_by("name", "pk")


def roles() -> QuerySet[Role]:
    """Roles that can be given, in the order they were made, with their rights."""
    return Role.objects.filter(archived_at=None).prefetch_related("rights").order_by("pk")


def roles_in_use() -> QuerySet[Role]:
    """The same, each with the number of active accounts that have it as `holder_count`."""
    return roles().annotate(holder_count=Count("accounts", filter=Q(accounts__is_active=True)))


def archived_roles() -> QuerySet[Role]:
    """Roles that are given to nobody any more, by name."""
    return Role.objects.exclude(archived_at=None).order_by("name")


def holders(role: Role) -> QuerySet[Account]:
    """Active accounts that have it, by name."""
    return Account.objects.filter(role=role, is_active=True).order_by("name", "pk")


def customer_family(customer: Customer) -> list[int]:
    """Ids of the living customer and of all rows merged into it: whatever belongs to one of them belongs to it."""
    known = [living(customer).pk]
    newest = known
    while newest:
        newest = list(Customer.objects.filter(canonical__in=newest).values_list("pk", flat=True))
        known = known + newest
    return known


def addresses(customers: Sequence[int]) -> list[CustomerAddress]:
    """The mail addresses of one customer's rows, the living one's before those of the merged; among each row's the one to
    write to first, then those known longest. What was put first since the merge is first.
    """
    found = CustomerAddress.objects.filter(customer_id__in=customers).order_by("-primary", "pk")
    return sorted(found, key=lambda row: (not row.primary, row.customer_id != customers[0]))


def orders(customers: Sequence[int], most: int) -> list[tuple[Any, ...]]:
    """Their last orders, newest first: number, summary, status, total in cents, currency, moment, link, lines."""
    return _orders.ask(customers, shape=most)


def expect_orders(customers: Sequence[int], most: int) -> None:
    """Bring them along with what is asked now."""
    _orders.expect(customers, shape=most)


_orders = Question(
    lambda most, customers: (
        Order.objects.filter(customer_id__in=customers)
        .order_by("-placed_at", "-pk")
        .values_list("number", "summary", "status", "total_cents", "currency", "placed_at", "link", "lines")[:most]
    )
)
