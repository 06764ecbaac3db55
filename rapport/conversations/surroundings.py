"""What hangs on a conversation besides its messages, read by one statement: few rows of many kinds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet, Value

from rapport.conversations import access
from rapport.conversations.models import (
    Conversation,
    ConversationTag,
    Draft,
    Involvement,
    Link,
    Participant,
    ReadMark,
    SideConversation,
)
from rapport.people.models import Account, Customer, CustomerAddress
from rapport.rows.asking import Question

MOST_PEOPLE = 200


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody outside who takes part or was on copy."""

    email: str
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A first letter aside or a question by mail that somebody has begun; `kind` as Draft.Kind."""

    pk: int
    author_id: int
    kind: str
    subject: str


@dataclass(slots=True)
class Surroundings:
    """`family`: the conversation's id and those of all merged into it, however deep; `merged`: number and subject of
    those merged into it directly; `has_sides`, `has_links`: whether anything stands beside it (see neighbours); `letters`:
    what anybody has begun to write beside it; `read_to`: the message up
    to which the account has read;
    `customers`: the customer's id and those of all merged into it, `addresses` in that order; `people`: at most
    200. In the order of ids, tags by name; `colours` of those that have one.
    """

    family: list[int]
    customers: list[int]
    merged: list[tuple[int, str]] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    colours: dict[str, str] = field(default_factory=dict)
    follows: bool = False
    people: list[Person] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    read_to: int = 0
    has_sides: bool = False
    has_links: bool = False
    letters: list[Letter] = field(default_factory=list)


def read(account: Account, conversation: Conversation, customer: Customer | None) -> Surroundings:
    """Of a conversation that the account was just found to see. `customer`: the living one.

    Mostly one statement; another for each generation of what was merged.
    """
    family, customers = [conversation.pk], [customer.pk] if customer else []
    while True:
        found = _kinds(_facts.ask(conversation.pk, account.pk, family, customers))
        younger = {row[1] for row in found["merged"]}.difference(family)
        aliases = {row[1] for row in found["alias"]}.difference(customers)
        if not younger and not aliases:
            break
        family, customers = family + sorted(younger), customers + sorted(aliases)
    return Surroundings(
        family=family,
        customers=customers,
        merged=[(row[1], row[3]) for row in found["merged"] if row[2] == conversation.pk],
        tags=[row[3] for row in sorted(found["tag"], key=lambda row: str(row[4]))],
        colours={row[3]: row[5] for row in found["tag"] if row[5]},
        follows=bool(found["follows"]),
        people=_each_once(found["person"]),
        addresses=[row[3] for row in sorted(found["address"], key=lambda row: row[2] not in customers[:1])],
        read_to=found["read"][0][1] if found["read"] else 0,
        has_sides=bool(found["side"]),
        has_links=bool(found["link"]),
        letters=[Letter(row[1], row[2], row[3], row[4]) for row in found["letter"]],
    )


def expect(account: Account, conversation: Conversation, customer: Customer | None) -> None:
    """Bring along what `read` asks first."""
    _facts.expect(conversation.pk, account.pk, [conversation.pk], [customer.pk] if customer else [])


def earlier(
    account: Account, customers: Sequence[int], *, without: Sequence[int], most: int
) -> list[tuple[int, str, str, datetime]]:
    """Number, subject, status and last message's time of other living conversations of these customers that the
    account sees, newest first; `without`: numbers to leave out. One statement.
    """
    sight = access.sight_of(account)
    teams = sorted(account.team_ids) if sight is access.Sight.TEAMS else []
    found = _earlier.ask(account.pk, teams, customers, without, shape=(sight, most))
    return [(number, subject, status, at) for number, subject, status, at in found]


def expect_earlier(account: Account, customers: Sequence[int], *, without: Sequence[int], most: int) -> None:
    """Bring the same along with what is asked now."""
    sight = access.sight_of(account)
    teams = sorted(account.team_ids) if sight is access.Sight.TEAMS else []
    _earlier.expect(account.pk, teams, customers, without, shape=(sight, most))


def _kinds(rows: Sequence[tuple[Any, ...]]) -> dict[str, list[tuple[Any, ...]]]:
    found: dict[str, list[tuple[Any, ...]]] = {kind: [] for kind in _KINDS}
    for row in sorted(rows, key=lambda row: int(row[1])):
        found[row[0]].append(row)
    return found


def _each_once(rows: Sequence[tuple[Any, ...]]) -> list[Person]:
    """Who takes part in several of a family is there once, in the nearest of their roles."""
    people: dict[str, Person] = {}
    for row in rows:
        person = Person(email=row[3], name=row[4], role=row[5])
        known = people.get(person.email)
        if known is None or _NEARNESS.index(person.role) < _NEARNESS.index(known.role):
            people[person.email] = person
    return list(people.values())


_NEARNESS = (Participant.Role.REQUESTER, Participant.Role.COPY, Participant.Role.SUGGESTED)
_KINDS = ("merged", "alias", "tag", "follows", "person", "address", "side", "link", "read", "letter")
_NOTHING = Value("")


def _everything(number: int, account_id: int, family: Sequence[int], customers: Sequence[int]) -> QuerySet[Any, Any]:
    """Rows of (kind, id, of, one, two, three)."""
    merged = Conversation.objects.filter(merged_into_id__in=family)
    follows = Involvement.objects.filter(
        account_id=account_id, conversation_id=number, reason=Involvement.Reason.FOLLOWING
    )
    tags = ConversationTag.objects.filter(conversation_id=number, tag__canonical__isnull=True)
    first = Participant.objects.filter(conversation_id__in=family).order_by("pk").values("pk")[:MOST_PEOPLE]
    people = Participant.objects.filter(pk__in=first)
    reads = ReadMark.objects.filter(account_id=account_id, conversation_id=number)
    sides = SideConversation.objects.filter(main_id__in=family).order_by("pk").values("pk")[:1]
    links = Link.objects.filter(Q(one_id__in=family) | Q(other_id__in=family)).order_by("pk").values("pk")[:1]
    letters = Draft.objects.filter(conversation_id=number, kind__in=(Draft.Kind.SIDE, Draft.Kind.ASK))
    parts: list[QuerySet[Any, Any]] = [
        merged.values_list(Value("merged"), "pk", "merged_into_id", "subject", _NOTHING, _NOTHING),
        follows.values_list(Value("follows"), "pk", "conversation_id", _NOTHING, _NOTHING, _NOTHING),
        tags.values_list(Value("tag"), "pk", "conversation_id", "tag__name", "tag__folded", "tag__colour"),
        people.values_list(Value("person"), "pk", "conversation_id", "email", "name", "role"),
        SideConversation.objects.filter(pk__in=sides).values_list(
            Value("side"), "pk", "main_id", _NOTHING, _NOTHING, _NOTHING
        ),
        reads.values_list(Value("read"), "message_id", "conversation_id", _NOTHING, _NOTHING, _NOTHING),
        Link.objects.filter(pk__in=links).values_list(Value("link"), "pk", "one_id", _NOTHING, _NOTHING, _NOTHING),
        letters.values_list(Value("letter"), "pk", "author_id", "kind", "subject", _NOTHING),
    ]
    if customers:
        aliases = Customer.objects.filter(canonical_id__in=customers)
        addresses = CustomerAddress.objects.filter(customer_id__in=customers)
        parts += [
            aliases.values_list(Value("alias"), "pk", "canonical_id", _NOTHING, _NOTHING, _NOTHING),
            addresses.values_list(Value("address"), "pk", "customer_id", "email", _NOTHING, _NOTHING),
        ]
    return parts[0].union(*parts[1:], all=True)


def _of_customers(
    shape: tuple[access.Sight, int],
    account_id: int,
    teams: Sequence[int],
    customers: Sequence[int],
    without: Sequence[int],
) -> QuerySet[Any, Any]:
    sight, most = shape
    visible = access.seen(sight, account_id, teams, few=True)
    living = visible.filter(merged_into__isnull=True, customer_id__in=customers)
    found = living.exclude(pk__in=without).order_by("-last_message_at", "-pk")
    return found.values_list("pk", "subject", "status", "last_message_at")[:most]


_facts = Question(_everything)
_earlier = Question(_of_customers)
