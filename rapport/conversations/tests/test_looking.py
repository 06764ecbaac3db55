"""What saved conditions show, in which order, and for whom; how far is looked, and what is said of it."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from rapport.conversations import access, filtering, listing, looking, ordering, storing_filters, tagging
from rapport.conversations.filtering import Condition, Filter, Group, Operator
from rapport.conversations.models import Conversation, Involvement, SharedTeam
from rapport.conversations.tests.cast import again
from rapport.kit import clock

IS, NOT, WITHIN, OLDER = Operator.IS, Operator.IS_NOT, Operator.WITHIN, Operator.OLDER


def of(*parts):
    """A filter of `(field, operator, value)` and groups."""
    return Filter(tuple(Condition(*part) if isinstance(part, tuple) else part for part in parts))


def any_of(*parts):
    return Group(tuple(Condition(*part) for part in parts), any=True)


@pytest.fixture
def scattered(cast):
    """Sixty conversations of every kind, shared, followed and tagged at random; some of one instant."""
    rng, now = random.Random(7), clock.now()
    people = [cast.ana, cast.sam, cast.ben, cast.kim]
    made = Conversation.objects.bulk_create(
        Conversation(
            channel="email", subject=rng.choice(["Order tulips", "Bill"]), priority=rng.randrange(4),
            status=rng.choice(["open", "open", "waiting", "snoozed", "closed", "spam"]),
            team=rng.choice([cast.shop, cast.drivers, None]), assignee=rng.choice([None, *people]),
            inbox=rng.choice([cast.inbox, cast.drivers_inbox, cast.spare_inbox]), customer=rng.choice([cast.carla, cast.dan]),
            created_at=now - timedelta(hours=rng.randrange(30)), last_message_at=now - timedelta(minutes=rng.randrange(25)),
            waiting_since=rng.choice([None, now - timedelta(hours=rng.randrange(9))]), stage=rng.choice(["", "after"]),
        )
        for _ in range(60)
    )  # fmt: skip
    Conversation.objects.filter(pk=made[3].pk).update(merged_into=made[5])
    for conversation in rng.sample(made, 20):
        SharedTeam.objects.create(conversation=conversation, team=rng.choice([cast.shop, cast.drivers]))
    for conversation in rng.sample(made, 20):
        Involvement.objects.create(
            conversation=conversation, account=rng.choice(people), reason=rng.choice(["following", "mentioned"])
        )
    for conversation in rng.sample(made[6:], 9):
        tagging.tag(conversation, name="VIP", by=None)
    Conversation.objects.filter(pk=made[9].pk).update(priority=3, waiting_since=now, last_message_at=now)
    return made


FILTERS = {
    "all": of(),
    "open": of(("status", IS, "open")),
    "open or waiting": of(any_of(("status", IS, "open"), ("status", IS, "waiting"))),
    "not closed": of(("status", NOT, "closed")),
    "mine": of(("assignee", IS, "me"), ("status", NOT, "closed")),
    "nobody's urgent ones": of(("assignee", IS, "nobody"), any_of(("priority", IS, "urgent"), ("priority", IS, "high"))),
    "tagged": of(("tag", IS, "vip"), ("status", NOT, "closed")),
    "untagged": of(("tag", IS, "none")),
    "carla or followed": of(any_of(("customer", IS, "carla@example.org"), ("is", IS, "followed"))),
    "mentioned": of(("is", IS, "mentioned")),
    "waits long": of(("waiting", OLDER, "3h")),
    "new": of(("created", WITHIN, "1d"), ("subject", IS, "tulips order")),
    "mine in the shop": of(("assignee", IS, "me"), ("team", IS, "Shop")),
    "nobody's of no team": of(("assignee", IS, "nobody"), ("team", IS, "none"), ("status", NOT, "closed")),
    "stage": of(("stage", IS, "after"), ("inbox", NOT, "Shop")),
    "spam": of(("status", IS, "spam")),
}  # fmt: skip


@pytest.mark.parametrize("stretches", [looking.STRETCHES, (2, 3)])
def test_every_filter_in_every_order_shows_what_fits_of_what_one_sees_page_by_page(
    cast, scattered, monkeypatch, stretches
):
    monkeypatch.setattr(looking, "STRETCHES", stretches)
    monkeypatch.setattr(looking, "_LEAST", 2)
    accounts = [again(account) for account in (cast.flora, cast.ana, cast.kim, cast.eva)]
    for account in accounts:
        for name, chosen in FILTERS.items():
            seen = access.conversations_visible_to(account).filter(merged_into=None)
            fitting = filtering.apply(chosen, seen.filter(status__in=filtering.statuses(chosen)), account=account)
            order = random.Random(name).choice(list(ordering.ORDERS.values()))
            expected = fitting.order_by(*order.by()).filter(**{f"{order.column}__isnull": False})
            assert pages(account, chosen, order) == list(expected.values_list("pk", flat=True)), (account, name, order)


@pytest.mark.parametrize("order", ordering.ORDERS.values(), ids=ordering.ORDERS.keys())
def test_every_order_is_kept_over_all_pages_of_a_standard_view(cast, scattered, order):
    for account in (again(cast.flora), again(cast.ana), again(cast.kim)):
        for view, status in (("open", ["open"]), ("all", ["open", "waiting", "snoozed", "closed"])):
            seen = access.conversations_visible_to(account).filter(merged_into=None, status__in=status)
            expected = seen.filter(**{f"{order.column}__isnull": False}).order_by(*order.by())
            found, after = [], None
            while True:
                page = listing.inbox_page(account, view=view, after=after, order=order, limit=4)
                found += [row.number for row in page.rows]
                after = page.after
                if after is None:
                    break
            assert found == list(expected.values_list("pk", flat=True)), (account, view)


def pages(account, chosen, order):
    found, after = [], None
    for _ in range(200):
        page = looking.page(account, chosen, order=order, after=after, limit=4)
        found += [key.number for key in page.keys]
        after = page.after
        if after is None:
            return found
    raise AssertionError("the pages never end")


def test_a_look_is_bounded_and_says_so(cast, monkeypatch):
    for name in ("STRETCHES", "TO_COUNT"):
        monkeypatch.setattr(looking, name, (2, 3))
    monkeypatch.setattr(looking, "_LEAST", 2)
    Conversation.objects.bulk_create(Conversation(channel="email", team=cast.shop, subject="Bill") for _ in range(9))
    chosen = of(("subject", IS, "tulips"))
    found = looking.page(cast.ana, chosen, limit=4)
    assert (found.keys, found.after is None, found.is_full) == ([], False, False)
    assert looking.count(cast.ana, chosen) == looking.Counted(0, is_all=False)
    assert looking.count(cast.ana, of(("status", IS, "open")), most=5) == looking.Counted(5, is_all=False)


def test_a_page_of_a_filter_costs_few_queries(cast, scattered, django_assert_max_num_queries):
    ana = again(cast.ana)
    assert ana.rights
    assert ana.team_ids
    with django_assert_max_num_queries(7):  # the switch, ids, which fit, rows, tags, read marks
        assert listing.view_page(ana, of(("priority", NOT, "low"), ("status", IS, "open"))).rows


@pytest.mark.parametrize(
    ("chosen", "statuses"),
    [
        (of(), {"open", "waiting", "snoozed", "closed"}),
        (of(any_of(("status", IS, "open"), ("is", IS, "spam"))), {"open", "spam"}),
        (of(any_of(("status", IS, "open"), ("tag", IS, "x"))), {"open", "waiting", "snoozed", "closed"}),
        (of(("status", NOT, "closed"), ("status", NOT, "open")), {"waiting", "snoozed"}),
        (of(("status", IS, "open"), ("status", IS, "closed")), set()),
        (of(Group((Condition("status", IS, "waiting"), Condition("has", IS, "tag")))), {"waiting"}),
    ],
)
def test_only_statuses_that_can_fit_are_read(chosen, statuses):
    assert set(filtering.statuses(chosen)) == statuses


@pytest.mark.parametrize(
    "stored",
    [
        None, [], "x", 7, {"all": "x"}, {"any": [None, {"field": 3}]}, {"all": [{"field": "tag", "operator": "eats"}]},
        {"all": [{"field": "moonphase", "operator": "is", "value": "full"}]},
        {"all": [{"any": [{"all": [{"any": [{"all": []}]}]}]}]},
    ],
)  # fmt: skip
def test_what_nobody_understands_holds_for_nothing_and_is_named(cast, stored):
    cast.conversation()
    chosen = storing_filters.from_json(stored)
    assert looking.page(cast.ana, chosen, limit=4).keys == []
    assert any(filtering.problem_of(one) for one in filtering.each(chosen.conditions))


def test_an_unreadable_alternative_spoils_only_itself(cast):
    number = cast.conversation().pk
    chosen = of(any_of(("moonphase", IS, "full"), ("status", IS, "open")))
    assert [key.number for key in looking.page(cast.ana, chosen, limit=4).keys] == [number]


@pytest.mark.parametrize("chosen", FILTERS.values(), ids=FILTERS.keys())
def test_a_filter_comes_back_as_it_was_stored(chosen):
    assert storing_filters.from_json(storing_filters.to_json(chosen)) == chosen


def test_what_one_sent_stands_by_ones_own_newest_reply(cast):
    first, second, others = (cast.conversation(words) for words in ("one", "two", "three"))
    cast.replies(first)
    cast.replies(second)
    cast.replies(others, by=cast.sam)
    cast.replies(first, "Again.")
    ana = again(cast.ana)
    page = listing.inbox_page(ana, view="sent", limit=1)
    assert [row.number for row in page.rows] == [first.pk]
    page = listing.inbox_page(ana, view="sent", limit=5, after=page.after)
    assert ([row.number for row in page.rows], page.after) == ([second.pk], None)
    Conversation.objects.filter(pk=first.pk).update(team=cast.drivers)
    assert [row.number for row in listing.inbox_page(again(cast.ana), view="sent").rows] == [second.pk]
