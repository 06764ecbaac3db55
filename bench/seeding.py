"""A company with many conversations, in bulk: 12 teams, 40 people, three messages each, findable, read and answered.

Everything is drawn from one seed. Conversation i has the messages 3i-2, 3i-1 and 3i.
As a program: python -m bench.seeding 10000   (in the environment of a migrated, empty installation)
"""

from __future__ import annotations

import hashlib
import json
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import islice
from typing import Any

from bench import rows, words
from bench.rows import written

TEAMS = 12
AGENTS = 36
TAGS = 24
RARE = "quicksilver"  # in one conversation of a thousand
COMMON = "anniversary"  # in one of five
ALSO_COMMON = "springtime"  # in one of five others, so that both together are rare
STATUSES = {"open": 6, "waiting": 3, "snoozed": 1, "closed": 86, "spam": 4}
END = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
_SPAN = timedelta(days=3 * 365)
_CHUNK = 5000
_POOL = 3000


@dataclass(frozen=True, slots=True)
class Case:
    """One conversation with all that its rows need."""

    number: int
    subject: str
    status: str
    team: int
    assignee: int | None
    customer: int
    name: str
    email: str
    at: tuple[datetime, datetime, datetime]
    texts: tuple[str, str, str]
    terms: str

    @property
    def messages(self) -> tuple[int, int, int]:
        return 3 * self.number - 2, 3 * self.number - 1, 3 * self.number


def cases(count: int, seed: int, terms_of: Callable[[str], list[str]]) -> Iterator[Case]:
    """The conversations, oldest first. `terms_of` is the product's own tokeniser."""
    rng = random.Random(seed)
    pool = []
    for _ in range(_POOL):
        text = words.paragraph(rng, rng.randint(2, 5))
        pool.append((text, set(terms_of(text))))
    step = _SPAN / count
    for number in range(1, count + 1):
        begun = END - _SPAN + step * number
        first = begun + timedelta(seconds=rng.uniform(0, 40))
        second = first + timedelta(minutes=rng.uniform(5, 600))
        third = second + timedelta(minutes=rng.uniform(5, 900))
        customer = number if rng.random() < 0.6 or number < 10 else rng.randrange(1, number)
        name, email = words.person(random.Random(customer), customer)
        subject = f"{words.subject(rng)} {_markers(number)}".strip()
        drawn = rng.sample(pool, 3)
        own = f"{subject} {number} {name} {email}"
        found = set(terms_of(own)).union(*(terms for _, terms in drawn))
        team = rng.randint(1, TEAMS)
        status = rng.choices(list(STATUSES), list(STATUSES.values()))[0]
        unassigned = status == "spam" or rng.random() < (0.5 if status == "open" else 0.1)
        assignee = None if unassigned else rng.choice(agents_of(team))
        yield Case(
            number, subject, status, team, assignee, customer, name, email, (first, second, third),
            tuple(text for text, _ in drawn), " ".join(found),  # type: ignore[arg-type]
        )  # fmt: skip


@cache
def agents_of(team: int) -> list[int]:
    """Account ids of a team: agent k (id k + 1) is in the teams k, k + 1 and k + 2 of the circle."""
    return [agent + 1 for agent in range(1, AGENTS + 1) if team in teams_of(agent)]


def teams_of(agent: int) -> list[int]:
    """The three teams of agent 1, 2, …"""
    return [(agent - 1 + step) % TEAMS + 1 for step in range(3)]


def _markers(number: int) -> str:
    common = COMMON if number % 5 == 0 else ""
    also = ALSO_COMMON if number % 5 == 1 or number % 2000 == 0 else ""
    rare = RARE if number % 1000 == 7 else ""
    return " ".join(word for word in (common, also, rare) if word)


def seed_company() -> None:
    """Teams, inboxes, people and tags, by the product's own models; agent 1 is agent1@bench.example."""
    from rapport.channels.models import Inbox
    from rapport.conversations.models import Tag
    from rapport.people.models import Account, Membership, Team
    from rapport.people.roles import ensure_roles, role

    ensure_roles()
    teams = Team.objects.bulk_create(Team(pk=n, name=f"Team {n:02d}") for n in range(1, TEAMS + 1))
    settings = {"transport": "folder"}
    Inbox.objects.bulk_create(
        Inbox(pk=team.pk, name=team.name, address=f"team{team.pk}@bench.example", team=team, settings=settings)
        for team in teams
    )
    owner, agent = role("owner"), role("agent")
    Account.objects.create(pk=1, email="owner@bench.example", name="Olga Owner", role=owner)
    for number in range(1, AGENTS + 1):
        Account.objects.create(pk=number + 1, email=f"agent{number}@bench.example", name=f"Agent {number}", role=agent)
        Membership.objects.bulk_create(Membership(account_id=number + 1, team_id=team) for team in teams_of(number))
    Tag.objects.bulk_create(Tag(pk=n, name=f"tag-{n}", folded=f"tag-{n}") for n in range(1, TAGS + 1))


def seed_conversations(count: int, *, database: rows.Rows, seed: int = 1) -> None:
    """Write `count` conversations and all that hangs on them."""
    from rapport.search.tokenising import terms

    everything = cases(count, seed, terms)
    known: set[int] = set()
    database.begin_bulk([*TABLES, *CUSTOMER_TABLES, *WORD_TABLES])
    while chunk := list(islice(everything, _CHUNK)):
        _write_customers([case for case in chunk if case.customer not in known], database, known)
        for table, (names, make) in TABLES.items():
            database.insert_many(table, names, (row for case in chunk for row in make(case)))
        database.put_terms("search_words", ((case.number, case.terms) for case in chunk))
        database.commit()
    database.settle()


def _write_customers(cases_: Sequence[Case], database: rows.Rows, known: set[int]) -> None:
    new = list({case.customer: case for case in cases_}.values())
    known.update(case.customer for case in new)
    database.insert_many(
        "people_customer", ["id", "name", "attributes"], ((case.customer, case.name, "{}") for case in new)
    )
    names = ["id", "customer_id", "email"]
    database.insert_many("people_customeraddress", names, ((case.customer, case.customer, case.email) for case in new))
    database.put_terms("search_customer_words", ((case.customer, " ".join(_customer_terms(case))) for case in new))


def _customer_terms(case: Case) -> set[str]:
    return set("".join(c if c.isalnum() else " " for c in f"{case.name} {case.email}".lower()).split())


def _conversation(case: Case) -> list[tuple[Any, ...]]:
    first, second, third = map(written, case.at)
    waits = third if case.status == "open" else None
    closed = third if case.status == "closed" else None
    snoozed = written(END + timedelta(days=30)) if case.status == "snoozed" else None
    before_spam = "open" if case.status == "spam" else ""
    row = (
        case.number, case.subject, case.texts[2][:200], case.status, 1, "email", case.team, case.team, case.assignee,
        case.customer, first, first, third, second, second, third, case.messages[2], 3, waits, snoozed, closed,
        before_spam,
    )  # fmt: skip
    return [row]


def _messages(case: Case) -> list[tuple[Any, ...]]:
    made = []
    customer = (case.customer, None, case.name, case.email, "claimed")
    agent = (None, case.assignee or 1, "Team", f"team{case.team}@bench.example", "")
    for place, (number, at, text) in enumerate(zip(case.messages, map(written, case.at), case.texts, strict=True)):
        kind, who = ("reply", agent) if place == 1 else ("customer", customer)
        subject = case.subject if place == 0 else f"Re: {case.subject}"
        made.append(
            (
                number,
                case.number,
                kind,
                "done",
                *who,
                subject,
                text,
                f"<p>{text}</p>",
                text,
                _outside_id(number),
                at,
                at,
            )
        )
    return made


def _outside_id(message: int) -> str:
    return f"{message}@bench.example"


def _references(case: Case) -> list[tuple[Any, ...]]:
    keys = [hashlib.sha256(_outside_id(number).encode()).hexdigest()[:40] for number in case.messages]
    return [(number, key, number, case.number) for number, key in zip(case.messages, keys, strict=True)]


def _events(case: Case) -> list[tuple[Any, ...]]:
    kinds = ("message.received", "message.replied", "message.received")
    made: list[tuple[Any, ...]] = [
        (
            4 * case.number - 3 + place,
            kind,
            number,
            case.number,
            None if place != 1 else case.assignee,
            written(at),
            "{}",
            True,
        )
        for place, (kind, number, at) in enumerate(zip(kinds, case.messages, case.at, strict=True))
    ]
    made.append(
        (4 * case.number, "conversation.opened", case.number, case.number, None, written(case.at[0]), "{}", True)
    )
    return made


def _deliveries(case: Case) -> list[tuple[Any, ...]]:
    at, number = written(case.at[1]), case.messages[1]
    recipients = json.dumps([case.email])
    return [
        (
            case.number,
            "send",
            "sent",
            number,
            case.team,
            case.number,
            "reply",
            _outside_id(number),
            recipients,
            "{}",
            "{}",
            1,
            at,
            None,
            at,
        )
    ]


def _arrivals(case: Case) -> list[tuple[Any, ...]]:
    pairs = ((case.messages[0], case.at[0]), (case.messages[2], case.at[2]))
    return [
        (
            number,
            case.team,
            hashlib.sha256(b"%d" % number).hexdigest(),
            4000,
            "door",
            "processed",
            written(at),
            case.number,
            number,
        )
        for number, at in pairs
    ]


def _participants(case: Case) -> list[tuple[Any, ...]]:
    return [(case.number, case.number, case.customer, case.email, case.name, "requester")]


def _tags(case: Case) -> list[tuple[Any, ...]]:
    return [(case.number, case.number, case.number % TAGS + 1)] if case.number % 3 == 0 else []


def _marks(case: Case) -> list[tuple[Any, ...]]:
    """The assignee has read two of three; agent 1 reads half of what comes to the first team."""
    readers = {case.assignee} if case.assignee and case.number % 3 else set()
    readers |= {2} if case.team == 1 and case.number % 2 else set()
    return [(case.number, reader, case.messages[2]) for reader in readers]


def _shared(case: Case) -> list[tuple[Any, ...]]:
    # The copies of status and time are the triggers' work, which sleep while PostgreSQL loads rows.
    listed = (case.status, written(case.at[2]))
    return [(case.number, case.team % TEAMS + 1, *listed)] if case.number % 200 == 0 else []


def _involved(case: Case) -> list[tuple[Any, ...]]:
    listed = (case.status, written(case.at[2]))
    return [(case.number, case.number % AGENTS + 2, "following", *listed)] if case.number % 200 == 100 else []


TABLES: dict[str, tuple[list[str], Callable[[Case], list[tuple[Any, ...]]]]] = {
    "conversations_conversation": (
        "id subject preview status priority channel inbox_id team_id assignee_id customer_id created_at "
        "first_customer_message_at last_customer_message_at first_agent_message_at last_agent_message_at "
        "last_message_at last_message_id message_count waiting_since snoozed_until closed_at status_before_spam".split(),
        _conversation,
    ),
    "conversations_message": (
        "id conversation_id kind state customer_id author_id sender_name sender_email sender_check subject text html "
        "reply_text external_id at sent_at".split(),
        _messages,
    ),
    "conversations_reference": ("id key message_id conversation_id".split(), _references),
    "conversations_participant": ("id conversation_id customer_id email name role".split(), _participants),
    "conversations_conversationtag": ("id conversation_id tag_id".split(), _tags),
    "conversations_readmark": ("conversation_id account_id message_id".split(), _marks),
    "conversations_sharedteam": ("conversation_id team_id status last_message_at".split(), _shared),
    "conversations_involvement": ("conversation_id account_id reason status last_message_at".split(), _involved),
    "events_event": ("id kind subject_id conversation_id actor_id at data handled".split(), _events),
    "outbox_delivery": (
        "id step state message_id inbox_id conversation_id purpose external_id recipients outcomes payload attempts "
        "created_at next_try_at sent_at".split(),
        _deliveries,
    ),
    "intake_rawmessage": (
        "id inbox_id sha256 size source state received_at conversation_id message_id".split(),
        _arrivals,
    ),
}
CUSTOMER_TABLES = ("people_customer", "people_customeraddress")
WORD_TABLES = ("search_words", "search_customer_words")


def main(count: str) -> None:
    """Seed the installation of this environment."""
    import django

    django.setup()
    from django.conf import settings

    from rapport.conversations import counting

    seed_company()
    database = rows.connect(settings.ENVIRONMENT.home, settings.ENVIRONMENT.database_url or "")
    seed_conversations(int(count), database=database)
    counting.recount()  # PostgreSQL's triggers slept through the bulk, SQLite's wrote a row for each conversation


if __name__ == "__main__":
    main(*sys.argv[1:])
