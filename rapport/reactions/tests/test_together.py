"""What many mails cause at once is what each would cause alone, and costs less."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rapport.channels.contract import Address
from rapport.conversations import following, merging
from rapport.conversations.models import Conversation, Message
from rapport.conversations.tests.cast import Cast, cast
from rapport.events.models import Event
from rapport.notifications.models import Notification
from rapport.outbox.models import Delivery
from rapport.reactions import running
from rapport.rows import turns

__all__ = ["cast"]

# Statements of one more acknowledged mail, its reactions to colleagues included; who needs one more says so here.
ONE_MORE = 9


@pytest.fixture(autouse=True)
def nobody_is_in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "LONGEST", 60.0)


def mails(cast: Cast, *senders: str) -> list[Conversation]:
    return [cast.writes(sender=Address(f"{one}@company.example")).conversation for one in senders]


def outcomes() -> dict[int | None, str]:
    """For each conversation whether it was acknowledged, or why not."""
    withheld = Event.objects.filter(kind="acknowledgement.withheld")
    said = {event.conversation_id: str(event.data["because"]) for event in withheld}
    sent = Message.objects.filter(kind=Message.Kind.AUTOMATIC).values_list("conversation_id", flat=True)
    assert Delivery.objects.count() == len(sent)
    return said | dict.fromkeys(sent, "sent")


def test_mails_of_a_group_are_each_judged_by_what_the_group_has_sent_already(cast: Cast) -> None:
    one, again, robot, other = mails(cast, "ann", "ann", "no-reply", "bob")
    assert running.run_due() == 4
    assert outcomes() == {one.pk: "sent", again.pk: "address_hour", robot.pk: "machine_address", other.pk: "sent"}
    assert running.run_due() == 0


def test_one_that_was_merged_meanwhile_is_answered_in_the_one_that_stands_for_it(cast: Cast) -> None:
    one, other = mails(cast, "ann", "bob")
    merging.merge(other, into=one, by=cast.flora)
    running.run_due()
    answered = Message.objects.filter(kind=Message.Kind.AUTOMATIC).order_by("pk")
    assert [(row.conversation_id, row.to[0]["email"]) for row in answered] == [
        (one.pk, "ann@company.example"),
        (one.pk, "bob@company.example"),
    ]


def test_who_follows_one_of_them_is_told_of_that_one(cast: Cast) -> None:
    *_others, followed = mails(cast, "ann", "bob", "cem")
    following.follow(followed, by=cast.ana)
    running.run_due()
    assert set(Notification.objects.values_list("conversation_id", "account_id")) == {(followed.pk, cast.ana.pk)}


def test_a_mail_more_in_a_group_costs_what_it_writes(cast: Cast) -> None:
    costs: list[int] = []
    for count in (2, 2, 12):
        mails(cast, *(f"{len(costs)}-{number}" for number in range(count)))
        with CaptureQueriesContext(connection) as queries:
            running.run_due()
        costs.append(len(queries))
    assert (costs[2] - costs[1]) / 10 <= ONE_MORE
    assert set(outcomes().values()) == {"sent"}
