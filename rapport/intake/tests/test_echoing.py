"""A machine that writes by itself again and again fills one conversation; a person at its address is heard as ever."""

from __future__ import annotations

import pytest

from rapport.conversations.models import Conversation
from rapport.conversations.tests.cast import Cast
from rapport.intake import processing
from rapport.intake.accepting import Source, accept
from rapport.intake.echoing import MOST_A_DAY

pytestmark = pytest.mark.django_db
AWAY = "Auto-Submitted: auto-replied\r\n"


def arrives(cast: Cast, number: int, headers: str = "", sender: str = "away@auto.example") -> None:
    raw = (
        f"From: {sender}\r\nTo: hello@fleur.example\r\nSubject: Out of office {number}\r\n"
        f"Message-ID: <{number}-{sender}>\r\n{headers}\r\nWords {number}\r\n"
    )
    accept(raw.encode(), inbox=cast.inbox, source=Source("door"))
    while processing.process_due():
        pass


def test_a_machine_fills_one_conversation_after_a_few(cast: Cast):
    for number in range(MOST_A_DAY + 10):
        arrives(cast, number, AWAY)
    assert Conversation.objects.count() == MOST_A_DAY
    assert sum(row.messages.count() for row in Conversation.objects.all()) == MOST_A_DAY + 10


def test_a_person_at_the_same_address_and_another_machine_are_heard_as_ever(cast: Cast):
    for number in range(MOST_A_DAY):
        arrives(cast, number, AWAY)
    arrives(cast, 100)
    arrives(cast, 101, AWAY, sender="other@auto.example")
    assert Conversation.objects.count() == MOST_A_DAY + 2
