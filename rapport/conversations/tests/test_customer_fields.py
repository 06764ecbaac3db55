"""Conversations are found by who the customer is and by fields of the company's own; who may not know learns nothing."""

from __future__ import annotations

import pytest

from rapport.channels.contract import Address
from rapport.conversations import custom_fields as own
from rapport.conversations import filling, filtering, looking, noting, shaping
from rapport.conversations.filtering import Condition, Filter, Operator
from rapport.conversations.models import Conversation
from rapport.conversations.shaping import Described as OwnField
from rapport.conversations.tests.cast import CARLA, DAN, again
from rapport.people import attributing, merging, profiling, recognising
from rapport.people.attributing import Described
from rapport.people.models import Attribute

IS, NOT, BEFORE, AFTER = Operator.IS, Operator.IS_NOT, Operator.BEFORE, Operator.AFTER
CARLAS, DANS, ERNAS = 0, 1, 2
# What Carla is, Dan is; nobody knows anything of Erna, who was merged into Dan: she is who he is.
TABLE = [
    (("vip", IS, "yes"), {CARLAS}),
    (("vip", NOT, "yes"), {DANS, ERNAS}),
    (("vip", IS, "no"), {DANS, ERNAS}),
    (("language", IS, "de"), {DANS, ERNAS}),
    (("language", IS, "Deutsch"), {DANS, ERNAS}),
    (("language", IS, "none"), {CARLAS}),
    (("language", IS, "Klingon"), set()),
    (("detail.plan", IS, "gold"), {DANS, ERNAS}),
    (("detail.plan", NOT, "gold"), {CARLAS}),
    (("detail.plan", IS, "none"), {CARLAS}),
    (("detail.plan", IS, "platinum"), set()),
    (("detail.seats", AFTER, "12"), {DANS, ERNAS}),
    (("detail.seats", BEFORE, "12"), {CARLAS}),
    (("detail.since", BEFORE, "2026-01-01"), {DANS, ERNAS}),
    (("detail.since", AFTER, "2026-01-01"), set()),
    (("detail.gone", IS, "x"), set()),
    (("field.occasion", IS, "wedding"), {ERNAS}),
    (("field.occasion", NOT, "wedding"), {CARLAS, DANS}),
    (("field.occasion", IS, "none"), {CARLAS, DANS}),
    (("field.amount", AFTER, "99.5"), {DANS}),
    (("field.amount", BEFORE, "99.5"), set()),
    (("field.amount", IS, "a lot"), set()),
    (("field", IS, "gone=1"), set()),
]


@pytest.fixture
def known(cast):
    """Three conversations, two customers with details, and one of them known by two names."""
    erna = recognising.recognise(Address("erna@example.net", "Erna"))
    made = [cast.conversation(sender=one) for one in (CARLA, DAN, Address("erna@example.net"))]
    attributing.define(Described("Plan", "choice", ("Gold", "Silver")), by=cast.flora)
    attributing.define(Described("Seats", "number"), by=cast.flora)
    attributing.define(Described("Since", "date"), by=cast.flora)
    profiling.set_vip(cast.carla, vip=True, by=cast.ana)
    profiling.change(cast.dan, {"language": "de"}, by=cast.ana)
    attributing.set_values(cast.carla, {"seats": "3"}, by=cast.ana)
    attributing.set_values(cast.dan, {"plan": "Gold", "seats": "12", "since": "2025-05-01"}, by=cast.ana)
    merging.merge(erna, into=cast.dan, by=cast.ana)
    occasion = shaping.define(OwnField("Occasion", "choice", [("", "Wedding"), ("", "Birthday")]), by=cast.flora)
    amount = shaping.define(OwnField("Amount", "number"), by=cast.flora)
    filling.fill(made[ERNAS], occasion, written=["Wedding"], by=cast.ana)
    filling.fill(made[DANS], amount, written=["99.5"], by=cast.ana)
    return [one.pk for one in made]


def holds_for(account, condition):
    """By the page, which may take what few there are, and by the count."""
    chosen = Filter((Condition(*condition),))
    found = [key.number for key in looking.page(account, chosen, limit=50).keys]
    assert looking.count(account, chosen).number == len(found)
    return set(found)


@pytest.mark.parametrize("few", [1000, 0], ids=["few", "many"])
def test_what_each_condition_holds_for(cast, known, monkeypatch, few):
    monkeypatch.setattr(own, "_FEW", few)
    monkeypatch.setattr("rapport.conversations.customer_fields._FEW", few)
    for condition, expected in TABLE:
        assert holds_for(cast.ana, condition) == {known[index] for index in expected}, condition


def test_a_colleague_learns_nothing_of_the_customer_by_any_condition(cast, known):
    for number in known[:2]:
        noting.note(Conversation.objects.get(pk=number), by=cast.ana, html="Kim?", mentions=[cast.kim])
    kim = again(cast.kim)
    seen = {known[0], known[1]}
    told = [one for one in TABLE if filtering.field_named(one[0][0]) and one[0][0] != "field"]
    assert {one[0][0] for one in told} >= {"vip", "language", "detail.plan", "field.occasion"}
    for condition, _expected in told:
        # The same for customers of every kind: all that Kim sees, or none.
        assert holds_for(kim, condition) in (set(), seen), condition


def test_fields_of_the_company_are_offered_by_name_and_stay_readable_when_put_away(cast, known):
    offered = {one.name: str(one.label) for one in filtering.offered_fields()}
    assert (offered["detail.plan"], offered["field.occasion"]) == ("Customer: Plan", "Occasion")
    assert "field" not in offered
    plan = Attribute.objects.get(key="plan")
    attributing.set_archived(plan, archived=True, by=cast.flora)
    assert "detail.plan" not in {one.name for one in filtering.offered_fields()}
    assert holds_for(cast.ana, ("detail.plan", IS, "gold")) == {known[DANS], known[ERNAS]}
    assert filtering.problem_of(Condition("detail.plan", IS, "platinum"))
    assert filtering.field_named("detail.nothing") is None
    assert filtering.field_named("nothing.plan") is None
