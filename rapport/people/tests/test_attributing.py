"""The company's own facts about customers."""

from __future__ import annotations

import pytest

from rapport.events.models import Event
from rapport.people import attributing
from rapport.people.attributes import Definition
from rapport.people.attributing import Described
from rapport.people.errors import KeyTaken, NoChoices, NoName, WrongValue
from rapport.people.models import Attribute, AttributeValue, Customer

WRONG = object()


@pytest.mark.parametrize(
    ("kind", "written", "kept"),
    [
        ("text", "  two\nlines ", "two lines"),
        ("text", " ", None),
        ("number", "1,234.5", 1234.5),
        ("number", "1.234,5", 1234.5),
        ("number", "-7", -7),
        ("number", "12,5", 12.5),
        ("number", "1e999", WRONG),
        ("number", "nan", WRONG),
        ("number", "1" * 40, WRONG),
        ("number", "=2+3", WRONG),
        ("date", "2026-02-28", "2026-02-28"),
        ("date", "28.02.2026", "2026-02-28"),
        ("date", "2026-02-30", WRONG),
        ("date", "soon", WRONG),
        ("choice", "GOLD", "Gold"),
        ("choice", "Platinum", WRONG),
        ("boolean", "Yes", True),
        ("boolean", "0", False),
        ("boolean", "perhaps", WRONG),
    ],
)
def test_a_value_is_what_its_kind_allows(kind, written, kept):
    definition = Definition(1, "k", "K", kind, ("Gold", "Silver"))
    if kept is WRONG:
        with pytest.raises(WrongValue):
            definition.read(written)
    else:
        assert definition.read(written) == kept


@pytest.mark.django_db
def test_values_stand_on_the_customer_and_where_they_are_looked_up(cast):
    attributing.define(Described("Müller's club", "choice", ["Gold", "Silver"]), by=cast.olga)
    attributing.define(Described("Visits", "number"), by=cast.olga)
    rosa = Customer.objects.create(name="Rosa")
    attributing.set_values(rosa, {"muller_s_club": "gold", "visits": "3", "unknown": "x"}, by=cast.ann)
    assert rosa.attributes == {"muller_s_club": "Gold", "visits": 3}
    assert set(AttributeValue.objects.values_list("folded", "number")) == {("gold", None), ("", 3.0)}
    assert Event.objects.get(kind="customer.changed").data["after"] == rosa.attributes
    attributing.set_values(rosa, {"visits": ""}, by=cast.ann)
    assert (Customer.objects.get(pk=rosa.pk).attributes, AttributeValue.objects.count()) == (
        {"muller_s_club": "Gold"},
        1,
    )


@pytest.mark.django_db
def test_what_cannot_be_defined_is_refused_and_order_is_kept():
    first = attributing.define(Described("First"), by=None)
    second = attributing.define(Described("Second"), by=None)
    for described, refusal in (
        (Described("!"), NoName),
        (Described("first"), KeyTaken),
        (Described("C", "choice"), NoChoices),
    ):
        with pytest.raises(refusal):
            attributing.define(described, by=None)
    attributing.move(second, earlier=True, by=None)
    attributing.move(second, earlier=True, by=None)
    assert [one.key for one in attributing.definitions()] == ["second", "first"]
    attributing.set_archived(first, archived=True, by=None)
    assert [one.key for one in attributing.definitions()] == ["second"]
    assert Attribute.objects.count() == 2
