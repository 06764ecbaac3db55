"""What arrives is acknowledged once, without its words, never to a machine, and never beyond the budgets."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from unittest.mock import Mock

import pytest
import time_machine

from rapport.automation import acknowledging, budgeting
from rapport.automation.models import AutomaticMail
from rapport.channels.contract import Address, InboundKind
from rapport.conversations import locking, merging
from rapport.conversations.models import Message
from rapport.conversations.tests.cast import CARLA, Cast
from rapport.events.models import Event
from rapport.hours import keeping
from rapport.hours.week import Week
from rapport.kit import clock
from rapport.outbox.models import Delivery


def arrives(cast: Cast, words: str = "Where are my tulips?", **options: Any) -> Message | None:
    """A mail arrives and the reaction runs; the acknowledgement, if there is one."""
    message = cast.writes(words, **options)
    event = Event.objects.filter(subject_id=message.pk, kind__startswith="message.").latest("pk")
    acknowledging.acknowledge(event)
    acknowledging.acknowledge(event)  # safe to repeat
    return Message.objects.filter(conversation=message.conversation, kind=Message.Kind.AUTOMATIC).first()


def reason() -> str:
    return str(Event.objects.filter(kind="acknowledgement.withheld").latest("pk").data["because"])


def test_a_first_mail_is_acknowledged_once_with_its_number_and_none_of_its_words(cast: Cast) -> None:
    acknowledgement = arrives(cast, "buy my pills", subject="Cheap pills")
    assert acknowledgement is not None
    assert f"#{acknowledgement.conversation_id}" in acknowledgement.subject
    assert "pills" not in acknowledgement.subject + acknowledgement.text + acknowledgement.html
    assert [entry["email"] for entry in acknowledgement.to] == [CARLA.email]
    assert Delivery.objects.get(message=acknowledgement).recipients == [CARLA.email]


def test_a_further_mail_in_the_same_conversation_is_not_acknowledged_again(cast: Cast) -> None:
    first = arrives(cast)
    assert first is not None
    arrives(cast, "One more thing", into=first.conversation)
    assert Message.objects.filter(kind=Message.Kind.AUTOMATIC).count() == 1


def test_of_a_merged_conversation_the_living_one_is_locked_first(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    into, message = cast.conversation(), cast.writes()
    merging.merge(message.conversation, into=into, by=cast.flora)
    lock = Mock(wraps=locking.lock)
    monkeypatch.setattr(locking, "lock", lock)
    acknowledging.acknowledge(Event.objects.get(kind="message.received", subject_id=message.pk))
    assert {call.args[0].pk for call in lock.call_args_list} == {into.pk}


@pytest.mark.parametrize(
    ("options", "because"),
    [
        ({"auto_submitted": True}, "automatic_message"),
        ({"bulk": True}, "bulk_message"),
        ({"spam": True}, "spam"),
        ({"sender_check": "failed"}, "sender_failed"),
        ({"sender": Address("mailer-daemon@example.org")}, "machine_address"),
        ({"sender": Address("no-reply@example.org")}, "machine_address"),
        ({"sender": Address("drivers+tag@fleur.example")}, "own_address"),
    ],
)
def test_machines_lists_spam_and_ourselves_get_none_and_the_reason_is_kept(
    cast: Cast, options: dict[str, Any], because: str
) -> None:
    assert arrives(cast, **options) is None
    assert reason() == because


def test_an_automatic_reply_gets_none(cast: Cast) -> None:
    assert arrives(cast, kind=InboundKind.AUTO_REPLY) is None


def test_an_inbox_that_does_not_want_it_sends_none(cast: Cast) -> None:
    cast.inbox.acknowledge = False
    cast.inbox.save()
    assert arrives(cast) is None


def test_one_address_gets_one_an_hour_and_three_a_day(cast: Cast) -> None:
    start, sent = clock.now(), []
    for minutes in (0, 30, 61, 122, 183, 24 * 60 + 1):
        with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
            sent.append(arrives(cast, f"Mail {minutes}") is not None)
    assert sent == [True, False, True, True, False, True]


@pytest.mark.parametrize(
    ("rows", "because"),
    [
        ([("carla@example.org", 1, 10)], "address_hour"),
        ([("carla@example.org", number, 120 + number) for number in range(3)], "address_day"),
        ([(f"other{number}@example.org", 7, 120) for number in range(5)], "conversation_day"),
        ([(f"other{number}@example.org", number + 100, 10) for number in range(500)], "installation_hour"),
        ([("carla@example.org", 7, 24 * 60 + 1)], ""),
    ],
)
@pytest.mark.django_db
def test_each_budget_says_when_it_is_spent(rows: list[tuple[str, int, int]], because: str) -> None:
    now = clock.now()
    AutomaticMail.objects.bulk_create(
        AutomaticMail(peer=peer, conversation_id=conversation, message_id=1, at=now - timedelta(minutes=minutes))
        for peer, conversation, minutes in rows
    )
    assert budgeting.refusal("carla@example.org", conversation_id=7, now=now) == because


@pytest.mark.parametrize(
    ("when", "says"),
    [("2026-03-06T20:00", "We are back on Monday at 09:00."), ("2026-03-06T12:00", ""), (None, "")],
)
def test_who_writes_outside_the_hours_is_told_when_somebody_is_back(cast: Cast, when: str | None, says: str) -> None:
    if when is not None:
        keeping.keep(Week("Europe/Berlin", (((540, 1020),),) * 5 + ((),) * 2), by=None)
    with time_machine.travel(f"{when or '2026-03-06T20:00'}+00:00", tick=False):
        acknowledgement = arrives(cast)
    assert acknowledgement is not None
    assert says in acknowledgement.text
    assert ("back on" in acknowledgement.text) == bool(says)
