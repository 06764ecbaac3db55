"""Every kind of request that is measured: which addresses, in whose name, and the bar at a million conversations."""

from __future__ import annotations

import random
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from bench.furnishing import NOTHING, VIEWS
from bench.seeding import ALSO_COMMON, COMMON, RARE

AGENT = "agent1@bench.example"
OWNER = "owner@bench.example"
LISTS = ("open", "mine", "unassigned", "team:1", "team:2", "team:3", "waiting", "closed")
OTHER = (50.0, 50.0)
FEW = 60  # requests of a kind whose bar is not one of the first five of the issue

Chosen = dict[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Ask:
    """One request. `part`: as htmx asks. `fields`: a POST."""

    path: str
    part: bool = False
    fields: dict[str, object] | None = None
    who: str = AGENT


@dataclass(frozen=True, slots=True)
class Kind:
    """Requests of one kind, and what p50 and p95 may be, in milliseconds."""

    bar: tuple[float, float]
    asks: list[Ask]


def objects(number: int) -> Chosen:
    """What of an installation is asked for: `number` of each, at random, the same each time. Within its environment."""
    from rapport.conversations import access
    from rapport.conversations.models import View
    from rapport.people.models import Account, Customer, Order, Organisation

    account = Account.objects.get(email=AGENT)
    rng = random.Random(1)

    def some(found: Iterable[Any]) -> list[Any]:
        known = list(found)
        return [rng.choice(known) for _ in range(number)] if len(known) < number else rng.sample(known, number)

    visible = access.conversations_visible_to(account).filter(merged_into=None)
    found = list(visible.values_list("pk", "status", "last_message_id", "last_message_at", "customer_id"))
    open_ = [row for row in found if row[1] == "open"]
    return {
        "any": some(row[0] for row in found),
        "open": [[row[0], row[2]] for row in some(open_)],
        "cursors": [f"{row[3].isoformat()}~{row[0]}" for row in some(open_)],
        "customers": some(row[4] for row in found),
        "below": some(Customer.objects.order_by("pk").values_list("pk", flat=True)),
        "buyers": some(Order.objects.order_by("pk").values_list("customer_id", flat=True)[:30_000]),
        "orders": some(Order.objects.order_by("pk").values_list("number", flat=True)[:30_000]),
        "organisations": some(Organisation.objects.order_by("pk").values_list("pk", flat=True)),
        "views": [pk for name, *_ in VIEWS for pk in View.objects.filter(name=name).values_list("pk", flat=True)],
    }


def kinds(chosen: Chosen) -> dict[str, Kind]:
    """By name, in the order they are asked."""
    return {**_first(chosen), **_saved(chosen), **_found(chosen), **_customers(chosen), **_own(), **_settings(chosen)}


def _first(chosen: Chosen) -> dict[str, Kind]:
    """What an agent's day consists of; the issue of speed names its bars."""
    rng = random.Random(2)
    lists = [Ask(f"/inbox/?view={rng.choice(LISTS)}") for _ in chosen["any"]]
    further = [Ask(f"/inbox/rows/?{urlencode({'view': 'open', 'after': one})}") for one in chosen["cursors"]]
    opened = [f"/conversations/{number}/" for number in chosen["any"]]
    words = {"body": "Thank you, we look into it.\n\nKind regards", "format": "text"}
    return {
        "inbox list (page)": Kind((8, 20), lists),
        "inbox list (further rows)": Kind((8, 20), further),
        "one conversation (page)": Kind((10, 25), [Ask(path) for path in opened]),
        "one conversation (part)": Kind((10, 25), [Ask(path, part=True) for path in opened]),
        "counts": Kind((3, 8), [Ask("/inbox/counts/")] * len(opened)),
        "posting a reply": Kind(
            (10, 25),
            [
                Ask(f"/conversations/{pk}/replies/", fields={**words, "seen": seen, "once": secrets.token_hex(16)})
                for pk, seen in chosen["open"]
            ],
        ),
        "conversation, kept fresh (part)": _each([f"{path}sync/" for path in opened], part=True),
        "composer (part)": _each([f"{path}composer/" for path in opened], part=True),
        "one row (part)": _each([f"/inbox/rows/{number}/" for number in chosen["any"]], part=True),
        "print": _each([f"{path}print/" for path in opened]),
        "merge with another (page)": _each([f"{path}merge/" for path in opened]),
        "macros of a conversation (part)": _each([f"{path}macros/" for path in opened], part=True),
        "side conversation, new (part)": _each([f"{path}sides/new/" for path in opened], part=True),
        "bulk choices (part)": _same("/inbox/bulk/choices/?act=assign", part=True),
    }


def _saved(chosen: Chosen) -> dict[str, Kind]:
    views = {name: f"/inbox/?view=v{pk}" for (name, *_), pk in zip(VIEWS, chosen["views"], strict=True)}
    names = ("group", "was", "field", "operator", "value")
    rows = [("0", "status", "status", "is", "open"), ("0", "priority", "priority", "is", "urgent")]
    built = urlencode([("match", "all"), *((name, row[at]) for row in rows for at, name in enumerate(names))])
    common = urlencode([("match", "all"), *zip(names, ("0", "tag", "tag", "is", "tag-4"), strict=True)])
    return {
        "counts of saved views, as many as come at once": _same("/inbox/counts/saved/"),
        **{f"saved view: {name.lower()}": _same(path) for name, path in views.items()},
        **{
            f"inbox, {order}": _same(f"/inbox/?view=v{chosen['views'][1]}" if order == "waiting" else f"/inbox/?view={order}")
            for order in ("longest", "all", "sent", "mentions")
        },
        "inbox, who sees everything": _each([f"/inbox/?view={view}" for view in LISTS], who=OWNER),
        "board by status (page)": _same("/inbox/board/?view=open&by=status"),
        "board by person (page)": _same("/inbox/board/?view=unassigned&by=assignee"),
        "builder (page)": _same("/settings/views/new/"),
        "builder, preview of what nothing fits": _same(f"/settings/views/preview/?{built}", part=True),
        "builder, preview": _same(f"/settings/views/preview/?{common}", part=True),
        "views and rail (page)": _same("/settings/views/"),
    }  # fmt: skip


def _found(chosen: Chosen) -> dict[str, Kind]:
    both = f"{COMMON} {ALSO_COMMON}"
    typed = {
        "two letters": ["an", "be", "co", "sp", "in"],
        "three letters": ["ann", "con", "spr", "del", "war"],
        "a word": [COMMON, RARE, "delivery", ALSO_COMMON],
        "a name": ["anna", "bruno", "carla", "maria"],
        "one digit": ["1", "7", "4"],
        "two digits": ["12", "77", "40"],
        "a number": [str(number) for number in chosen["any"]],
        "an order": chosen["orders"],
        "nothing there": [NOTHING, "zz", "qqqq"],
    }
    return {
        "search, rare word": Kind((20, 60), [_search(RARE)] * FEW),
        "search, common word": Kind((60, 150), [_search(COMMON)] * FEW),
        "search, two common words, rare together": Kind((60, 150), [_search(both)] * FEW),
        "palette, places": _same("/palette/places/"),
        **{f"palette, {what}": _each([f"/palette/?{urlencode({'q': one})}" for one in some]) for what, some in typed.items()},
    }  # fmt: skip


def _customers(chosen: Chosen) -> dict[str, Kind]:
    return {
        "customers (page)": _same("/customers/"),
        "customers (further rows)": _each([f"/customers/?before={pk}" for pk in chosen["below"]], part=True),
        "customers, found by a name": _each([f"/customers/?q={word}" for word in ("anna", "bruno", "carla")]),
        "customers, found by two letters": _each([f"/customers/?q={word}" for word in ("an", "be", "co")]),
        "customer (page)": _each([f"/customers/{pk}/" for pk in chosen["customers"]]),
        "customer with orders (page)": _each([f"/customers/{pk}/" for pk in chosen["buyers"]]),
        "customer’s profile (page)": _each([f"/customers/{pk}/profile/" for pk in chosen["customers"]]),
        "organisation (page)": _each([f"/organisations/{pk}/" for pk in chosen["organisations"]]),
    }


def _own() -> dict[str, Kind]:
    return {
        "today (page)": _same("/today/"),
        "today (part)": _same("/today/", part=True),
        "bell (number)": Kind((3, 8), _same("/notifications/count/").asks),
        "bell (sheet)": _same("/notifications/panel/", part=True),
        "news (page)": _same("/notifications/"),
        "what waits to go out (page)": _same("/later/"),
        "new conversation (page)": _same("/conversations/new/"),
        "my account (page)": _same("/account/"),
    }


def _settings(chosen: Chosen) -> dict[str, Kind]:
    places = (
        "", "people/", "teams/", "roles/", "inboxes/", "macros/", "attributes/", "blocklist/", "imports/", "fields/", "statuses/",
        "tags/", "checklists/", "cards/", "company/", "appearance/", "hours/", "shown/", "audit/", "audit/?what=team",
        "time/",
    )  # fmt: skip
    named = {f"settings: {place.strip('/') or 'home'}": f"/settings/{place}" for place in places}
    return {
        **{name: _same(path, who=OWNER) for name, path in named.items()},
        "settings: one view": _each([f"/settings/views/{pk}/" for pk in chosen["views"]], who=OWNER),
        "status (page)": _same("/status/", who=OWNER),
    }


def _search(words: str) -> Ask:
    return Ask(f"/search/?{urlencode({'q': words})}")


def _same(path: str, *, part: bool = False, who: str = AGENT) -> Kind:
    return _each([path], part=part, who=who)


def _each(paths: list[str], *, part: bool = False, who: str = AGENT) -> Kind:
    """These in turn, until there are FEW."""
    return Kind(OTHER, [Ask(paths[at % len(paths)], part=part, who=who) for at in range(FEW)])
