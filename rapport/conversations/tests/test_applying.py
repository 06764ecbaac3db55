"""Macros: who may keep and use which, what they do, and what they say."""

from __future__ import annotations

import pytest

from rapport.conversations import applying, authoring, noting
from rapport.conversations.authoring import Prepared
from rapport.conversations.errors import (
    CannotAssign,
    NoName,
    NotAllowed,
    NotFilled,
    NotFound,
    NothingToSay,
    UnknownStatus,
)
from rapport.conversations.tests.cast import fresh, kinds
from rapport.people.models import Order

REFUND = Prepared(
    "Refund",
    "<p>Dear {{customer.first_name|there}}, order {{order.number}} is refunded.</p><script>x</script>",
    [
        {"act": "tag", "value": "refund"},
        {"act": "assign", "value": "me"},
        {"act": "priority", "value": "2"},
        {"act": "stage", "value": "after"},
        {"act": "status", "value": "closed"},
    ],
)


def test_a_macro_does_all_its_acts_and_hands_over_its_words(cast):
    conversation = cast.conversation()
    Order.objects.create(
        customer=cast.carla, number="R<1>", summary="Roses", status="sent", placed_at="2026-11-01T00:00Z"
    )
    applied = applying.apply(authoring.create(REFUND, by=cast.flora), conversation, by=cast.ana)
    assert applied.html == "<p>Dear Carla, order R&lt;1&gt; is refunded.</p>"
    now = fresh(conversation)
    assert (now.status, now.assignee, now.priority, now.stage) == ("closed", cast.ana, 2, "after")
    assert kinds(conversation)[-6:] == [
        f"conversation.{kind}" for kind in ("macro", "tagged", "assigned", "priority", "stage", "closed")
    ]


def test_what_cannot_be_filled_stays_and_is_named(cast):
    macro = authoring.create(Prepared("Order", "<p>{{order.number}} {{moon.phase}}</p>"), by=cast.ana, owner=cast.ana)
    applied = applying.apply(macro, cast.conversation(), by=cast.ana)
    assert applied.html == "<p>{{order.number}} {{moon.phase}}</p>"
    assert applied.missing == ("order.number", "moon.phase")


def test_an_act_that_is_refused_undoes_the_others(cast):
    acts = [{"act": "tag", "value": "refund"}, {"act": "assign", "value": str(cast.kim.pk)}]
    macro = authoring.create(Prepared("To Kim", acts=acts), by=cast.flora)
    conversation = cast.conversation()
    with pytest.raises(CannotAssign):
        applying.apply(macro, conversation, by=cast.ana)
    assert not fresh(conversation).tags.exists()


def test_nobody_applies_one_to_a_conversation_that_is_not_theirs_to_see(cast):
    macro = authoring.create(REFUND, by=cast.flora)
    with pytest.raises(NotFound):
        applying.apply(macro, cast.conversation(), by=cast.ben)
    with pytest.raises(NotFound):
        authoring.get(cast.eva, macro.pk)


def test_whose_macro_it_is_says_who_sees_and_who_changes_it(cast):
    own = authoring.create(REFUND, by=cast.ana, owner=cast.ana)
    shops = authoring.create(REFUND, by=cast.sam, team=cast.shop)
    everybodys = authoring.create(REFUND, by=cast.flora)
    assert set(authoring.visible_to(cast.ana)) == {own, shops, everybodys}
    assert set(authoring.visible_to(cast.ben)) == {everybodys}
    assert set(authoring.changeable_by(cast.sam)) == {shops}
    for macro, by in ((own, cast.flora), (shops, cast.ana), (shops, cast.ben), (everybodys, cast.sam)):
        with pytest.raises(NotAllowed):
            authoring.change(macro, REFUND, by=by)
    with pytest.raises(NotAllowed):
        authoring.create(REFUND, by=cast.sam, team=cast.drivers)


def test_an_archived_macro_is_in_no_menu_and_can_come_back(cast):
    macro = authoring.create(REFUND, by=cast.flora)
    authoring.archive(macro, by=cast.flora)
    assert not authoring.visible_to(cast.ana).exists()
    assert list(authoring.changeable_by(cast.flora)) == [macro]
    authoring.restore(macro, by=cast.flora)
    assert authoring.get(cast.ana, macro.pk) == macro


@pytest.mark.parametrize(
    ("prepared", "refusal"),
    [
        (Prepared(" ", "<p>x</p>"), NoName),
        (Prepared("x", "<p> </p>"), NothingToSay),
        (Prepared("x", acts=[{"act": "delete", "value": "1"}]), UnknownStatus),
        (Prepared("x", acts=[{"act": "__class__", "value": "1"}]), UnknownStatus),
        (Prepared("x", acts=[{"act": "status", "value": "spam"}]), UnknownStatus),
        (Prepared("x", acts=[{"act": "team", "value": "-1"}]), UnknownStatus),
        (Prepared("x", acts=[{"act": "snooze", "value": "900"}]), UnknownStatus),
        (Prepared("x", acts=[{"act": "tag", "value": " "}]), NoName),
    ],
)
def test_only_known_acts_with_known_values_are_kept(cast, prepared, refusal):
    with pytest.raises(refusal):
        authoring.create(prepared, by=cast.flora)


@pytest.mark.parametrize(
    ("name", "first"), [("Carla Conti", "Carla"), ("Conti, Carla", "Carla"), ("Prince", "Prince"), ("", ""), (",", "")]
)
def test_how_somebody_is_greeted(name, first):
    assert applying.first_name(name) == first


def test_every_name_that_is_offered_can_be_filled(cast):
    conversation = cast.conversation()
    Order.objects.create(customer=cast.carla, number="1", summary="Roses", status="sent", placed_at="2026-11-01T00:00Z")
    company = {"company.name"}  # the cast's company has no name yet
    assert set(applying.values(conversation, by=cast.ana)) | company == set(applying.NAMES)


def test_a_reply_with_an_unfilled_placeholder_is_not_sent(cast):
    conversation = cast.conversation()
    with pytest.raises(NotFilled, match=r"\{\{order.number\}\}"):
        cast.holds(conversation, "Order {{order.number}} is on its way.")
    assert cast.holds(conversation, "We write it as { {name} } here.").state == "held"


def test_who_may_not_read_messages_learns_nothing_of_a_customer_by_a_macro(cast):
    conversation = cast.conversation()
    noting.note(conversation, by=cast.ana, html="Kim?", mentions=[cast.kim])
    curious = Prepared("Who", "<p>{{customer.email}} {{customer.name}} {{conversation.number}}</p>")
    applied = applying.apply(authoring.create(curious, by=cast.kim, owner=cast.kim), conversation, by=cast.kim)
    assert applied.missing == ("customer.email", "customer.name")
    assert str(conversation.pk) in applied.html
