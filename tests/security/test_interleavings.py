"""R-25: colleagues act at once in random order; what is left is what some order one after the other would have left."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connections

from rapport.conversations import assigning, closing, drafting, merging, releasing, replying
from rapport.conversations.errors import AssignedMeanwhile, CameBack, CannotMerge, ConversationRefusal, SomeoneAnswered
from rapport.conversations.models import Conversation, Message
from rapport.conversations.tests.cast import Cast, fresh, make_cast
from rapport.events.models import Event

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 200
AT_ONCE = 4
DRAFTS = 40
EXPECTED = (AssignedMeanwhile, CannotMerge, SomeoneAnswered)


@dataclass
class Model:
    """What the events, one after the other, say of two conversations."""

    assignee: dict[int, int | None] = field(default_factory=dict)
    status: dict[int, str] = field(default_factory=dict)
    merged: dict[int, int] = field(default_factory=dict)
    held: set[int] = field(default_factory=set)
    gone: set[int] = field(default_factory=set)

    def apply(self, event: Event) -> None:
        """One event; fails when no sequence of acts could have recorded it here."""
        number, data = event.conversation_id or 0, event.data
        kind = event.kind.partition(".")[2]
        if kind == "assigned":
            assert data["from"] == self.assignee.get(number), "a lost update"
            self.assignee[number] = data["to"]
        elif kind == "closed":
            assert self.status.get(number) != "closed"
            assert number not in self.merged
            self.status[number] = "closed"
        elif kind == "merged":
            self._merge(data["source"], data["target"])
        elif kind == "held":
            self.held.add(event.subject_id or 0)
        elif kind in ("replied", "returned"):
            self.held.remove(event.subject_id or 0)
            self.gone |= {event.subject_id or 0} if kind == "replied" else set()

    def of(self, pair: tuple[Conversation, Conversation]) -> tuple[list[str], list[int | None], dict[int, int]]:
        """Status and assignee of both, and what is merged into what."""
        numbers = [row.pk for row in pair]
        statuses = [self.status.get(number, "open") for number in numbers]
        return statuses, [self.assignee.get(number) for number in numbers], self.merged

    def _merge(self, source: int, target: int) -> None:
        assert source not in self.merged
        assert target not in self.merged
        self.merged[source] = target
        if self.status.get(source, "open") == "open":
            self.status[target] = "open"


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


@pytest.fixture
def colleagues() -> Iterator[ThreadPoolExecutor]:
    """Threads that keep their connections over all rounds."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield pool
        start = threading.Barrier(AT_ONCE)

        def part(_: int) -> None:
            start.wait(20)
            connections.close_all()

        list(pool.map(part, range(AT_ONCE)))


def acts(cast: Cast, pair: tuple[Conversation, Conversation], chance: random.Random) -> list[Callable[[], Any]]:
    """Four acts, each by somebody who read both conversations before any of them."""
    people = [cast.flora, cast.sam, cast.ana]

    def assign() -> Callable[[], Any]:
        who, stale = chance.choice(people), fresh(pair[1])
        return lambda: assigning.assign(stale, to=who, by=who)

    def close() -> Callable[[], Any]:
        stale = fresh(chance.choice(pair))
        return lambda: closing.close(stale, by=cast.sam)

    def merge() -> Callable[[], Any]:
        one, two = chance.sample(pair, 2)
        source, target = fresh(one), fresh(two)
        return lambda: merging.merge(source, into=target, by=cast.flora)

    def answer() -> Callable[[], Any]:
        who, stale = chance.choice(people), fresh(chance.choice(pair))
        then = chance.choice(["", "closed"])
        content = replying.ReplyContent(html="<p>Yes</p>", seen_message_id=max(row.last_message_id for row in pair))
        return lambda: releasing.release(replying.reply(stale, by=who, content=content, delay=timedelta(0), then=then))

    def sweep() -> Callable[[], Any]:
        return lambda: [releasing.release_due() for _ in range(15)]  # a worker that wakes again and again

    return [chance.choice([assign, close, merge, answer, answer, sweep])() for _ in range(AT_ONCE)]


def together(colleagues: ThreadPoolExecutor, chosen: list[Callable[[], Any]]) -> list[Any]:
    """All at the same moment; what each returned or was refused with."""
    start = threading.Barrier(len(chosen))

    def run(act: Callable[[], Any]) -> Any:
        start.wait(20)
        try:
            return act()
        except ConversationRefusal as refusal:
            return refusal

    return list(colleagues.map(run, chosen))


def test_what_is_left_is_what_some_order_would_have_left(cast, colleagues):
    for seed in range(ROUNDS):
        pair = (cast.conversation(f"One {seed}"), cast.conversation(f"Two {seed}"))
        results = together(colleagues, acts(cast, pair, random.Random(seed)))
        refused = [result for result in results if isinstance(result, Exception)]
        assert all(isinstance(refusal, EXPECTED) for refusal in refused), (seed, refused)
        model = replayed(pair)
        assert seen(pair) == model.of(pair), seed
        messages = Message.objects.filter(conversation__in=pair, kind="reply")
        assert {message.pk for message in messages if message.state == "done"} == model.gone, seed
        assert {message.pk for message in messages if message.state == "held"} == model.held == set(), seed


def test_whatever_comes_into_a_draft_at_once_no_word_of_it_is_lost(cast, colleagues):
    for seed in range(DRAFTS):
        one = cast.conversation(f"One {seed}")
        held = cast.holds(one, "held", delay=timedelta(hours=1))
        theirs = drafting.save_draft(one, by=cast.sam, content=replying.ReplyContent("theirs"))
        written = replying.ReplyContent("own", refills=0)
        chosen: list[Callable[[], Any]] = [
            partial(replying.cancel, held, by=cast.ana),
            partial(drafting.take_over, fresh(one), theirs.pk, by=cast.ana),
            partial(drafting.save_draft, fresh(one), by=cast.ana, content=written),
        ]
        random.Random(seed).shuffle(chosen)
        results = together(colleagues, chosen)
        words = drafting.draft_for(one, by=cast.ana)
        assert words is not None
        assert ("held" in words.html, "theirs" in words.html) == (True, True), (seed, words.html)
        told = any(isinstance(result, CameBack) for result in results)
        assert told != ("own" in words.html), (seed, words.html)  # kept, or its author knows that it is not


def replayed(pair: tuple[Conversation, Conversation]) -> Model:
    """The model after all events of both, in the order of their ids."""
    model = Model()
    events = list(Event.objects.filter(conversation_id__in=[row.pk for row in pair]).order_by("pk"))
    for event in events:
        model.apply(event)
    # Everybody read that the second belongs to nobody; who takes it after somebody else must be told, not obeyed.
    taken = [event for event in events if event.kind == "conversation.assigned" and event.conversation_id == pair[1].pk]
    assert all(event.data["from"] is None for event in taken), "a lost update"
    sent = Counter(event.subject_id for event in events if event.kind == "message.replied")
    assert all(times == 1 for times in sent.values()), "sent twice"
    return model


def seen(pair: tuple[Conversation, Conversation]) -> tuple[list[str], list[int | None], dict[int, int]]:
    """As Model.of, from the database."""
    rows = [fresh(row) for row in pair]
    merged = {row.pk: row.merged_into_id for row in rows if row.merged_into_id is not None}
    return [row.status for row in rows], [row.assignee_id for row in rows], merged
