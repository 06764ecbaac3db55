"""R-25 beside conversations: side conversations, links and questions by mail, acted on by several at once."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from rapport.channels.contract import Address
from rapport.conversations import alongside, asking, linking, merging, releasing, replying, siding
from rapport.conversations.drafting import ReplyContent
from rapport.conversations.errors import CannotLink, CannotMerge, NotFound, SomeoneAnswered, TooLate
from rapport.conversations.models import Conversation, Link, Message, Question, SideConversation
from rapport.conversations.tests.cast import Cast, fresh
from rapport.events.models import Event
from tests.security.test_interleavings import AT_ONCE, cast, colleagues, together

__all__ = ["cast", "colleagues"]
pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 40
EXPECTED = (CannotLink, CannotMerge, NotFound, SomeoneAnswered, TooLate)
SVEN, BO = Address("sven@supplier.example", "Sven"), Address("bo@fleur.example", "Bo")
NOW = timedelta(0)


def letter(to: Address, seen: int = 0) -> ReplyContent:
    return ReplyContent(html="<p>When?</p>", to=[to], subject="Delivery", seen_message_id=seen)


class Round:
    """Two conversations, a talk with a supplier beside the first, and a question that is held, before all acts."""

    def __init__(self, cast: Cast, chance: random.Random) -> None:
        self.cast, self.chance = cast, chance
        self.pair = (cast.conversation("One"), cast.conversation("Two"))
        first = siding.begin(self.pair[0], by=cast.ana, content=letter(SVEN), delay=NOW)
        releasing.release(first)
        self.side = first.conversation
        self.seen = max(first.pk, fresh(self.side).last_message_id)
        self.question = asking.ask(fresh(self.pair[0]), by=cast.ana, content=letter(BO), delay=NOW)

    def acts(self) -> list[Callable[[], Any]]:
        """Four of them, each by somebody who read everything before."""
        every = [
            self.link,
            self.unlink,
            self.merge,
            self.answers,
            self.writes,
            self.finishes,
            self.asks,
            self.takes_back,
        ]
        return [self.chance.choice(every)() for _ in range(AT_ONCE)]

    def link(self) -> Callable[[], Any]:
        one, two = (fresh(row) for row in self.chance.sample(self.pair, 2))
        role = self.chance.choice(["incident", "problem", "related"])
        return lambda: linking.link(one, to=two, role=role, by=self.cast.sam)

    def unlink(self) -> Callable[[], Any]:
        made = linking.link(fresh(self.pair[0]), to=fresh(self.pair[1]), role="child", by=self.cast.sam)
        stale = fresh(self.pair[0])
        return lambda: linking.unlink(stale, made.pk, by=self.cast.sam)

    def merge(self) -> Callable[[], Any]:
        one, two = (fresh(row) for row in self.chance.sample(self.pair, 2))
        return lambda: merging.merge(one, into=two, by=self.cast.flora)

    def answers(self) -> Callable[[], Any]:
        stale, name = fresh(self.side), f"{self.side.pk}-{self.chance.random()}@supplier.example"
        return lambda: self.cast.writes("Tuesday", sender=SVEN, into=stale, message_id=name)

    def writes(self) -> Callable[[], Any]:
        stale, who = fresh(self.side), self.chance.choice([self.cast.sam, self.cast.flora])
        content = letter(SVEN, self.seen)
        return lambda: releasing.release(siding.write(stale, by=who, content=content, delay=NOW))

    def finishes(self) -> Callable[[], Any]:
        stale, act = fresh(self.side), self.chance.choice([siding.finish, siding.resume])
        return lambda: act(stale, by=self.cast.sam)

    def asks(self) -> Callable[[], Any]:
        stale = Message.objects.get(pk=self.question.pk)
        return lambda: releasing.release(stale)

    def takes_back(self) -> Callable[[], Any]:
        stale = Message.objects.get(pk=self.question.pk)
        return lambda: replying.cancel(stale, by=self.cast.ana)


def test_what_stands_beside_is_whole_whatever_happens_at_once(cast: Cast, colleagues: ThreadPoolExecutor) -> None:
    for seed in range(ROUNDS):
        played = Round(cast, random.Random(seed))
        results = together(colleagues, played.acts())
        refused = [result for result in results if isinstance(result, Exception)]
        assert all(isinstance(refusal, EXPECTED) for refusal in refused), (seed, refused)
        events = list(Event.objects.filter(conversation_id__in=[row.pk for row in played.pair]).order_by("pk"))
        asked_once(played, events, seed)
        linked_as_told(played.pair, events, seed)
        side_as_told(played, events, seed)


def asked_once(played: Round, events: list[Event], seed: int) -> None:
    """A question either went out, once, or came back to who asked."""
    told = Counter(event.kind for event in events if event.subject_id == played.question.pk)
    state = Message.objects.get(pk=played.question.pk).state
    went, back = told["message.asked"], told["message.cancelled"]
    assert (went, back) == {"done": (1, 0), "cancelled": (0, 1), "held": (0, 0)}[state], (seed, told, state)
    assert Question.objects.filter(pk=played.question.pk).count() == 1


def linked_as_told(pair: tuple[Conversation, Conversation], events: list[Event], seed: int) -> None:
    """As many links as were made and not taken off; never one the other's incident and the other its."""
    links = Link.objects.filter(one__in=pair, other__in=pair)
    told = Counter(event.kind for event in events)
    ends = 2  # each conversation is told
    assert links.count() * ends == told["conversation.linked"] - told["conversation.unlinked"], (seed, told)
    assert links.filter(kind=Link.Kind.INCIDENT).count() < ends, seed


def side_as_told(played: Round, events: list[Event], seed: int) -> None:
    """It stands beside the living one; it is done if that was the last that was said of it; each letter went out once."""
    row = SideConversation.objects.get(pk=played.side.pk)
    assert alongside.main_of(fresh(played.side)).merged_into_id is None
    kinds = ("side_done", "side_resumed", "side_answered")
    said = [event.kind.partition(".")[2] for event in events if event.kind.partition(".")[2] in kinds]
    assert (row.done_at is not None) == (bool(said) and said[-1] == "side_done"), (seed, said)
    sent = Counter(
        Event.objects.filter(kind="message.sent_aside", conversation_id=played.side.pk).values_list("subject_id")
    )
    letters = Message.objects.filter(conversation=played.side, kind="reply")
    assert {(one.pk,) for one in letters if one.state == "done"} == set(sent), seed
    assert all(times == 1 for times in sent.values()), seed
