"""What is parsed by the time the worker is free shares a transaction, and is as safe and as well threaded as alone."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from rapport.channels.contract import Inbound
from rapport.conversations import receiving
from rapport.conversations.arrival import Arrival
from rapport.conversations.models import Conversation, Message
from rapport.conversations.tests.cast import Cast
from rapport.files import storing
from rapport.intake import grouping, parsing_ahead, processing
from rapport.intake.accepting import Arriving, Source, accept_all
from rapport.intake.errors import ParseFailed
from rapport.intake.models import RawMessage
from rapport.intake.parsing_ahead import Line
from rapport.intake.tests.children import InlineChild
from rapport.intake.tests.mails import conversation_of, mail
from rapport.rows import turns


class Choosy(InlineChild):
    """Fails over what says so."""

    def ask(self, raw: bytes, *, kind: str = "email") -> None:
        if b"unreadable" in raw:
            raise ParseFailed("ended without an answer")
        super().ask(raw, kind=kind)


@pytest.fixture
def groups(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many arrivals each shared transaction began with; all mail is read at once."""
    monkeypatch.setattr(processing._own, "line", Line(Choosy()), raising=False)
    monkeypatch.setattr(turns, "LONGEST", 60.0)  # however crowded the machine is
    seen: list[int] = []
    together = grouping.together

    @contextmanager
    def counting() -> Iterator[grouping.Group]:
        with together() as group:
            try:
                yield group
            finally:
                seen.append(len(group._before))

    monkeypatch.setattr(grouping, "together", counting)
    return seen


def hand_over(cast: Cast, *mails: bytes) -> list[RawMessage]:
    return [row for row in accept_all([Arriving(raw, cast.inbox, Source("door")) for raw in mails]) if row]


def states(rows: Sequence[RawMessage]) -> list[str]:
    for row in rows:
        row.refresh_from_db()
    return [row.state for row in rows]


def refuse(word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Storing what has this word in it raises, after it has written something."""
    receive: Callable[..., Message] = receiving.receive

    def choosy(arrival: Arrival, **more: object) -> Message:
        message = receive(arrival, **more)
        if word in arrival.inbound.text:
            raise ValueError(word)
        return message

    monkeypatch.setattr(receiving, "receive", choosy)


def test_a_question_and_its_answers_come_together_and_are_one_conversation(cast: Cast, groups: list[int]) -> None:
    rows = hand_over(
        cast,
        mail("Tulips?", message_id="<one@example.org>"),
        mail("Or roses", message_id="<two@example.org>", in_reply_to="<one@example.org>"),
        mail("Both", message_id="<three@example.org>", in_reply_to="<two@example.org>"),
        mail("Another matter", sender="Dora <dora@example.net>"),
    )
    assert processing.process_due() == 4
    assert (groups, states(rows)) == ([4], ["processed"] * 4)
    assert len({row.conversation_id for row in rows[:3]}) == 1
    assert Conversation.objects.count() == 2


def test_one_that_cannot_be_stored_or_read_harms_no_other_and_doubles_nothing(
    cast: Cast, groups: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse("poison", monkeypatch)
    one = mail("One", message_id="<one@example.org>")
    rows = hand_over(cast, one, mail("poison"), one, mail("unreadable"), mail("Two"))
    assert processing.process_due() == 5
    assert groups == [2]  # and when that was undone, each alone
    assert states(rows) == ["processed", "accepted", "duplicate", "parked", "processed"]
    assert (rows[1].attempts, rows[1].conversation_id, rows[0].attempts) == (1, None, 0)
    assert sorted(Message.objects.filter(kind="customer").values_list("text", flat=True)) == ["One", "Two"]


def test_what_an_undone_attempt_noted_on_an_arrival_is_forgotten(cast: Cast, groups: list[int]) -> None:
    [row] = hand_over(cast, mail())
    with pytest.raises(ValueError, match="half way"), grouping.together() as group:
        group.begin(row)
        row.state, row.message_id = RawMessage.State.DUPLICATE, 17
        raise ValueError("half way")
    assert (row.state, row.message_id) == (RawMessage.State.ACCEPTED, None)


@pytest.mark.parametrize("why", ["time", "somebody waits"])
def test_others_wait_for_one_arrival_more_at_most(
    cast: Cast, groups: list[int], monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    if why == "time":
        monkeypatch.setattr(turns, "LONGEST", -1.0)
        monkeypatch.setattr(processing, "_hurry", lambda begun: False)
    else:
        monkeypatch.setattr(turns, "somebody_waits", lambda: True)
        monkeypatch.setattr(turns, "make_way", lambda: None)
    rows = hand_over(cast, mail("One"), mail("Two"), mail("Three"))
    processing.process_due()
    assert (groups, states(rows)) == ([1, 1], ["processed"] * 3)


class OneByOne(Choosy):
    """Has read each of them when somebody looks for the second time."""

    looks = 0

    def ask(self, raw: bytes, *, kind: str = "email") -> None:
        self.looks = 0
        super().ask(raw, kind=kind)

    def holds_answer(self) -> bool:
        self.looks += 1
        return self.looks > 1


def test_what_is_read_while_others_are_stored_joins_them_unless_it_takes_time(
    cast: Cast, groups: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processing._own, "line", Line(OneByOne()))
    file = mail("Four").replace(b"From: ", b'Content-Disposition: attachment; filename="tulips.txt"\r\nFrom: ', 1)
    rows = hand_over(cast, mail("One"), mail("Two"), mail("Three"), file, mail("Five"))
    processing.process_due()
    assert (groups, states(rows)) == ([3, 2], ["processed"] * 5)
    cast.inbox.settings |= {"check_dkim": True}
    cast.inbox.save()
    rows = hand_over(cast, mail("Six"), mail("Seven"), mail("Eight"))
    processing.process_due()
    assert (groups[2:], states(rows)) == ([1, 2], ["processed"] * 3)


def test_few_are_kept_in_memory_at_once(groups: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    line = Line(InlineChild())
    rows = [RawMessage(sha256=storing.write_blob(mail(str(number))), size=400) for number in range(20)]
    assert [len(done) for done in line.parsed(rows)] == [parsing_ahead.MOST_AHEAD, 4]
    monkeypatch.setattr(parsing_ahead, "MOST_BYTES", 900)
    assert {len(done) for done in line.parsed(rows)} <= {1, 2}


def test_who_begins_to_write_says_so_to_who_writes() -> None:
    if connection.vendor != "sqlite":
        assert not turns.somebody_waits()
        return
    other = connection.copy()
    assert not turns.somebody_waits()
    with turns.waiting(other):
        assert turns.somebody_waits()
    assert not turns.somebody_waits()
    other.close()


@pytest.mark.django_db(transaction=True)
def test_a_group_gives_up_before_anybody_who_waits_for_it_must(
    cast: Cast, groups: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite locks no rows")
    [first] = hand_over(cast, mail("One", message_id="<one@example.org>"))
    processing.process_due()
    first.refresh_from_db()
    conversation_id = conversation_of(first).pk
    locked, let_go = threading.Event(), threading.Event()

    def agent() -> None:
        with transaction.atomic():
            Conversation.objects.select_for_update().get(pk=conversation_id)
            locked.set()
            let_go.wait(60)
        connection.close()

    alone = processing._store_alone

    def let_go_first(ready: processing._Ready, meanwhile: Callable[[], None] = lambda: None) -> None:
        let_go.set()
        alone(ready, meanwhile)

    monkeypatch.setattr(processing, "_store_alone", let_go_first)
    rows = hand_over(
        cast, mail("New", sender="Dora <dora@example.net>"),
        mail("More", message_id="<two@example.org>", in_reply_to="<one@example.org>"),
    )  # fmt: skip
    other = threading.Thread(target=agent)
    other.start()
    assert locked.wait(60)
    processing.process_due()
    other.join()
    assert (groups, states(rows)) == ([2], ["processed"] * 2)
    assert rows[1].conversation_id == first.conversation_id


def test_one_mail_that_holds_several_messages_is_stored_alone(
    cast: Cast, groups: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = InlineChild.ask

    def doubling(child: InlineChild, raw: bytes, *, kind: str = "email") -> None:
        ask(child, raw, kind=kind)
        if b"Two" in raw:
            child.parsed.append(Inbound(message_id="second@example.org", text="Second", sender=child.parsed[0].sender))

    monkeypatch.setattr(InlineChild, "ask", doubling)
    rows = hand_over(cast, mail("One"), mail("Two"), mail("Three"))
    processing.process_due()
    assert states(rows) == ["processed"] * 3
    assert Message.objects.filter(kind="customer").count() == 4
