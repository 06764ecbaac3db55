"""Senders nobody wants to hear from."""

from __future__ import annotations

import pytest

from rapport.people import blocking
from rapport.people.errors import NoAddress, NoSuchAddress, OwnAddress, PublicMailDomain
from rapport.people.models import Customer
from rapport.people.recognising import recognise
from rapport.people.tests.cast import Mailbox

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("blocked", "stopped", "let_through"),
    [
        ("Eve@Spam.example", "eve@spam.example", "adam@spam.example"),
        ("spam.example", "anybody@mail.spam.example", "anybody@notspam.example"),
        ("@spam.example", "x@spam.example", "spam.example@good.example"),
    ],
)
def test_an_address_or_a_whole_domain_is_stopped_and_nothing_beside_it(blocked, stopped, let_through):
    row = blocking.block(blocked, reason="Nothing but noise", by=None)
    assert blocking.blocking(stopped) == row
    assert blocking.blocking(let_through) is None
    blocking.unblock(row, by=None)
    assert blocking.blocking(stopped) is None


def test_nobody_blocks_colleagues_half_the_world_or_nonsense(cast):
    for value, refusal in (
        (cast.ann.email, OwnAddress),
        (cast.ann.email.partition("@")[2], OwnAddress),
        ("gmail.com", PublicMailDomain),
        ("", NoSuchAddress),
        ("a b", NoSuchAddress),
    ):
        with pytest.raises(refusal):
            blocking.block(value, reason="", by=None)


def test_a_customer_is_blocked_with_every_address_and_back_without_a_trace():
    rosa = recognise(Mailbox("rosa@garden.example"))
    other = recognise(Mailbox("rosa@home.example"))
    ids = [rosa.pk, other.pk]
    assert blocking.block_customer(ids, reason="", by=None) == 2
    assert sorted(blocking.among(["rosa@garden.example", "rosa@home.example", "finn@garden.example"])) == [
        "rosa@garden.example",
        "rosa@home.example",
    ]
    assert blocking.unblock_customer(ids, by=None) == 2
    assert blocking.among(["rosa@garden.example"] * 30) == []
    with pytest.raises(NoAddress):
        blocking.block_customer([Customer.objects.create(name="Caller").pk], reason="", by=None)


def test_one_mail_costs_one_statement(django_assert_num_queries):
    blocking.blocking("rosa@garden.example")
    with django_assert_num_queries(1):
        assert blocking.blocking("rosa@garden.example") is None
