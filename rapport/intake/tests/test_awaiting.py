"""Two workers, and an answer in the hands of one while what it answers is still in the hands of the other."""

import threading

import pytest
import time_machine
from django.db import connection, transaction

from rapport.conversations.models import Conversation
from rapport.conversations.tests.cast import Cast
from rapport.intake import awaiting, processing
from rapport.intake.accepting import Source, accept
from rapport.intake.models import RawMessage
from rapport.intake.parsing_child import ParseChild
from rapport.intake.tests.mails import mail
from rapport.kit import clock


def accepted(cast: Cast, raw: bytes) -> RawMessage:
    row = accept(raw, inbox=cast.inbox, source=Source("door"))
    assert row
    return row


def test_an_answer_does_not_overtake_what_it_answers(cast: Cast) -> None:
    first = accepted(cast, mail("question", message_id="<first@example.org>"))
    answer = accepted(cast, mail("more", message_id="<second@example.org>", in_reply_to="<first@example.org>"))
    [of_one], [of_other] = processing.claim(1), processing.claim(1)
    assert (of_one, of_other) == (first, answer)
    with ParseChild() as child:
        processing.process(of_other, child=child)
        answer.refresh_from_db()
        assert (answer.state, answer.attempts, answer.claimed_until) == ("accepted", 0, None)
        processing.process(of_one, child=child)
        with time_machine.travel(clock.now() + awaiting.PAUSE, tick=False):
            [again] = processing.claim(5)
        processing.process(again, child=child)
    first.refresh_from_db()
    answer.refresh_from_db()
    assert answer.conversation_id == first.conversation_id is not None


def test_an_answer_to_what_never_came_waits_for_nobody_who_came_later(cast: Cast) -> None:
    stray = accepted(cast, mail("more", message_id="<second@example.org>", in_reply_to="<elsewhere@example.org>"))
    accepted(cast, mail("other", message_id="<third@example.org>"))
    rows = processing.claim(5)
    with ParseChild() as child:
        processing.process(rows[0], child=child)
    stray.refresh_from_db()
    assert (stray.state, Conversation.objects.count()) == ("processed", 1)


@pytest.mark.django_db(transaction=True)
def test_a_worker_takes_the_next_ones_while_another_claims_the_first(cast: Cast) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite lets one worker claim at a time")
    first = accepted(cast, mail("one", message_id="<one@example.org>"))
    second = accepted(cast, mail("two", message_id="<two@example.org>"))
    claiming, claimed = threading.Event(), threading.Event()

    def other_worker() -> None:
        with transaction.atomic():
            list(RawMessage.objects.select_for_update().filter(pk=first.pk))
            claiming.set()
            claimed.wait(60)
        connection.close()

    other = threading.Thread(target=other_worker)
    other.start()
    try:
        assert claiming.wait(60)
        assert processing.claim(5) == [second]
    finally:
        claimed.set()
        other.join()
