"""Custom fields: filled in by people, read by kind, found by value, asked for before closing."""

from __future__ import annotations

import pytest

from rapport.conversations import (
    closing,
    field_kinds,
    filling,
    filtering,
    merging,
    moving,
    releasing,
    shaping,
    spamming,
    undoing,
)
from rapport.conversations.errors import FieldsMissing, NameTaken, NotAllowed, NotFound, WrongValue
from rapport.conversations.models import Conversation, CustomField, FieldValue
from rapport.conversations.shaping import Described
from rapport.conversations.tests.cast import again, fresh, kinds
from rapport.events.models import Event

Kind = CustomField.Kind
OCCASIONS = [("", "Wedding"), ("", "Birthday"), ("", "Café opening")]


@pytest.fixture
def order(cast):
    return shaping.define(Described("Order number"), by=cast.flora)


@pytest.fixture
def tulips(cast):
    return cast.conversation()


def found(words: str, account=None) -> set[int]:
    chosen = filtering.parse_query(words)
    assert not chosen.words
    return set(filtering.apply(chosen, Conversation.objects.all(), account=account).values_list("pk", flat=True))


def stands(conversation: Conversation, field: CustomField) -> object:
    return (fresh(conversation).fields or {}).get(str(field.pk))


@pytest.mark.parametrize(
    ("kind", "written", "kept", "shown"),
    [
        (Kind.TEXT, "  R 2D2 ", "R 2D2", "R 2D2"),
        (Kind.NUMBER, "12,50", 12.5, "12.5"),
        (Kind.NUMBER, "-3", -3, "-3"),
        (Kind.DATE, "2026-03-01", "2026-03-01", "03/01/2026"),
        (Kind.CHOICE, "cafe opening", "Café opening", "Café opening"),
        (Kind.YES_NO, "no", False, "no"),
        (Kind.TEXT, "   ", None, ""),
    ],
)
def test_each_kind_reads_and_shows_its_values(kind, written, kept, shown):
    field = CustomField(name="F", kind=kind, options=[{"name": name, "of": of} for of, name in OCCASIONS])
    value = field_kinds.read(field, [written])
    assert (value, field_kinds.shown(field, value)) == (kept, shown)


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        (Kind.NUMBER, "twelve"),
        (Kind.NUMBER, "1e999"),
        (Kind.NUMBER, "1.000,50"),
        (Kind.DATE, "2026-02-30"),
        (Kind.CHOICE, "Funeral"),
        (Kind.CHOICES, "Funeral"),
        (Kind.YES_NO, "perhaps"),
        (Kind.TEXT, "x" * 501),
    ],
)
def test_what_a_kind_cannot_hold_is_refused_in_words(kind, written):
    field = CustomField(name="F", kind=kind, options=[{"name": "Wedding", "of": ""}])
    with pytest.raises(WrongValue) as refusal:
        field_kinds.read(field, [written])
    assert str(refusal.value)


def test_a_value_is_kept_told_and_found(cast, order, tulips):
    other = cast.conversation("And mine?")
    filling.fill(tulips, order, written=["R-4711"], by=cast.ana)
    assert stands(tulips, order) == "R-4711"
    told = Event.objects.get(kind="conversation.field").data
    assert (told["name"], told["from"], told["to"]) == ("Order number", None, "R-4711")
    assert found("field:order-number=r-4711") == {tulips.pk}
    assert found('field:"Order number"') == {tulips.pk}
    assert found("-field:order-number") == {other.pk}


def test_numbers_and_days_are_compared(cast, tulips):
    amount = shaping.define(Described("Amount", kind=Kind.NUMBER), by=cast.flora)
    due = shaping.define(Described("Due", kind=Kind.DATE), by=cast.flora)
    filling.fill(tulips, amount, written=["99.5"], by=cast.ana)
    filling.fill(tulips, due, written=["2026-03-01"], by=cast.ana)
    for words, is_found in [
        ("field:amount>99", True),
        ("field:amount>=99.5", True),
        ("field:amount<99.5", False),
        ("field:amount=99,5", True),
        ("field:due<2026-03-02", True),
        ("field:due>2026-03-01", False),
    ]:
        assert (tulips.pk in found(words)) == is_found, words
    assert filtering.parse_query("field:nothing=1").problems
    assert filtering.parse_query("field:due>tomorrow").problems


def test_several_choices_are_each_found(cast, tulips):
    field = shaping.define(Described("Occasion", kind=Kind.CHOICES, options=OCCASIONS), by=cast.flora)
    filling.fill(tulips, field, written=["birthday", "Wedding"], by=cast.ana)
    assert stands(tulips, field) == ["Wedding", "Birthday"]
    assert found("field:occasion=birthday") == {tulips.pk}
    filling.fill(tulips, field, written=[], by=cast.ana)
    assert not FieldValue.objects.exists()
    assert fresh(tulips).fields is None


def test_a_choice_that_depends_on_another_follows_it(cast, tulips):
    flower = shaping.define(
        Described("Flower", kind=Kind.CHOICE, options=[("", "Roses"), ("", "Tulips")]), by=cast.flora
    )
    pairs = [("Roses", "Red"), ("Roses", "White"), ("Tulips", "White")]
    colour = shaping.define(Described("Colour", kind=Kind.CHOICE, options=pairs, parent=flower), by=cast.flora)
    filling.fill(tulips, flower, written=["Roses"], by=cast.ana)
    filling.fill(tulips, colour, written=["Red"], by=cast.ana)
    with pytest.raises(WrongValue):
        filling.fill(tulips, colour, written=["Blue"], by=cast.ana)
    filling.fill(tulips, flower, written=["Tulips"], by=cast.ana)
    assert stands(tulips, colour) is None
    with pytest.raises(WrongValue):
        filling.fill(tulips, colour, written=["Red"], by=cast.ana)


def test_a_field_of_another_team_is_not_asked_for_and_keeps_its_value(cast, tulips):
    field = shaping.define(Described("Van", team=cast.shop), by=cast.flora)
    filling.fill(tulips, field, written=["Blue one"], by=cast.ana)
    moving.move(tulips, team=cast.drivers, by=cast.ana)
    with pytest.raises(NotFound):
        filling.fill(fresh(tulips), field, written=["Red one"], by=cast.flora)
    assert stands(tulips, field) == "Blue one"


def test_what_must_be_filled_in_holds_people_back_and_nobody_else(cast, tulips):
    field = shaping.define(Described("Order number", required=True), by=cast.flora)
    with pytest.raises(FieldsMissing, match="Order number"):
        closing.close(tulips, by=cast.ana)
    with pytest.raises(FieldsMissing):
        cast.holds(tulips, then="closed")
    assert "message.held" not in kinds(tulips)
    assert closing.close(cast.conversation("Spam?"), by=None).status == "closed"
    filling.fill(tulips, field, written=["1"], by=cast.ana)
    assert closing.close(fresh(tulips), by=cast.ana).status == "closed"


def test_a_reply_that_was_held_closes_though_a_field_was_added_meanwhile(cast, tulips):
    held = cast.holds(tulips, then="closed")
    shaping.define(Described("Order number", required=True), by=cast.flora)
    assert releasing.release(held)
    assert fresh(tulips).status == "closed"


def test_an_archived_field_is_not_asked_for_and_comes_back_with_its_values(cast, order, tulips):
    filling.fill(tulips, order, written=["R-4711"], by=cast.ana)
    shaping.archive(order, by=cast.flora)
    with pytest.raises(NotFound):
        filling.fill(tulips, order, written=["x"], by=cast.ana)
    assert found("field:order-number=r-4711") == {tulips.pk}
    shaping.define(Described("Order number"), by=cast.flora)
    with pytest.raises(NameTaken):
        shaping.restore(order, by=cast.flora)


def test_filling_in_can_be_taken_back_unless_somebody_changed_the_same_field(cast, order, tulips):
    filling.fill(tulips, order, written=["1"], by=cast.ana)
    filling.fill(tulips, order, written=["2"], by=cast.ana)
    newest = Event.objects.filter(kind="conversation.field").latest("pk")
    assert undoing.undo([newest.pk], by=again(cast.ana)).changes == 1
    assert stands(tulips, order) == "1"
    filling.fill(tulips, order, written=["3"], by=cast.sam)
    first = Event.objects.filter(kind="conversation.field").earliest("pk")
    assert undoing.undo([first.pk], by=again(cast.ana)).left == 1


def test_a_merge_joins_what_is_known_and_its_undo_parts_it(cast, order, tulips):
    amount = shaping.define(Described("Amount", kind=Kind.NUMBER), by=cast.flora)
    other = cast.conversation("And again")
    filling.fill(tulips, order, written=["1"], by=cast.ana)
    filling.fill(tulips, amount, written=["5"], by=cast.ana)
    filling.fill(other, order, written=["2"], by=cast.ana)
    merging.merge(fresh(tulips), into=fresh(other), by=cast.ana)
    assert (stands(other, order), stands(other, amount)) == ("2", 5)
    merging.undo_merge(fresh(tulips), by=cast.ana)
    assert (stands(other, order), stands(other, amount), stands(tulips, amount)) == ("2", None, 5)


def test_who_may_not_is_refused(cast, order, tulips):
    with pytest.raises(NotAllowed):
        filling.fill(tulips, order, written=["1"], by=cast.kim)
    with pytest.raises(NotAllowed):
        shaping.define(Described("Mine"), by=cast.ana)
    spamming.mark_spam(tulips, by=cast.ana)
    assert filling.fill(fresh(tulips), order, written=["1"], by=cast.ana) == "1"
