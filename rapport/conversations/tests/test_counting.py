"""The kept numbers of the views, against a count of what is there."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import transaction

from rapport.conversations import (
    assigning,
    closing,
    counting,
    following,
    listing,
    merging,
    moving,
    noting,
    snoozing,
    spamming,
    splitting,
)
from rapport.conversations.errors import ConversationRefusal
from rapport.conversations.models import Conversation, Involvement, Message, SharedTeam, ViewCount
from rapport.conversations.tests.cast import make_cast
from rapport.conversations.tests.test_races import at_once
from rapport.kit import clock


def acts(cast, rng):
    """What can happen to a conversation; each may be refused where it makes no sense."""
    every = list(Conversation.objects.all())
    one, other = rng.choice(every), rng.choice(every)
    return [
        lambda: cast.conversation(),
        lambda: assigning.assign(one, to=rng.choice([cast.ana, cast.sam, None]), by=cast.sam),
        lambda: moving.move(one, team=rng.choice([cast.shop, cast.drivers]), by=cast.sam),
        lambda: following.follow(one, by=rng.choice([cast.ana, cast.sam])),
        lambda: SharedTeam.objects.get_or_create(conversation=one, team=rng.choice([cast.shop, cast.drivers])),
        lambda: closing.close(one, by=cast.ana),
        lambda: closing.reopen(one, by=cast.ana),
        lambda: closing.wait(one, by=cast.ana),
        lambda: snoozing.snooze(one, until=clock.now() + timedelta(days=1), by=cast.ana),
        lambda: spamming.mark_spam(one, by=cast.ana),
        lambda: spamming.not_spam(one, by=cast.ana),
        lambda: merging.merge(one, into=other, by=cast.ana),
        lambda: merging.undo_merge(one, by=cast.ana),
        lambda: splitting.split(list(Message.objects.filter(conversation=one)[:1]), by=cast.ana),
    ]


@pytest.mark.parametrize("seed", range(5))
def test_after_any_sequence_of_verbs_the_numbers_are_true(cast, seed):
    rng = random.Random(seed)
    cast.conversation()
    for _ in range(40):
        try:
            with transaction.atomic():
                rng.choice(acts(cast, rng))()
        except ConversationRefusal:
            continue
        if rng.random() < 0.2:
            counting.fold(least=1)
    assert counting.is_right()
    assert counting.wrong_copies() == 0
    assert counting.numbers()


def test_what_is_undone_is_not_counted(cast):
    cast.conversation()
    before = counting.numbers()
    with pytest.raises(RuntimeError), transaction.atomic():
        cast.conversation()
        raise RuntimeError
    assert counting.numbers() == before


def test_folding_keeps_the_numbers_in_fewer_rows(cast):
    for _ in range(5):
        closing.close(cast.conversation(), by=cast.ana)
    cast.conversation()
    before = counting.numbers()
    counting.fold(least=1)
    assert (counting.numbers(), ViewCount.objects.count()) == (before, len(before))


def test_a_recount_puts_wrong_numbers_right(cast):
    cast.conversation()
    ViewCount.objects.create(status="open", team=cast.shop.pk, inbox=0, assignee=0, number=7)
    assert not counting.is_right()
    counting.recount()
    assert counting.is_right()


def test_a_recount_puts_wrong_copies_right(cast):
    conversation = cast.conversation()
    following.follow(conversation, by=cast.ana)
    assert counting.wrong_copies() == 0
    for wrong in ({"status": "spam"}, {"held_by": cast.ana.pk}, {"in_team": None}, {"in_inbox": 0}):
        Involvement.objects.update(**wrong)
        assert counting.wrong_copies() == 1, wrong
        counting.recount()
        assert counting.wrong_copies() == 0, wrong


@pytest.mark.django_db(transaction=True)
def test_whoever_writes_at_once_the_numbers_and_copies_are_true_afterwards(transactional_db):
    cast = make_cast()
    for _ in range(4):
        conversation = cast.conversation()
        SharedTeam.objects.create(conversation=conversation, team=cast.drivers)

    def write(seed):
        rng = random.Random(seed)
        for _ in range(12):
            with suppress(ConversationRefusal), transaction.atomic():
                rng.choice(acts(cast, rng))()
            if rng.random() < 0.2:
                counting.fold(least=1)

    at_once(*[lambda seed=seed: write(seed) for seed in range(4)])
    assert counting.is_right()
    assert counting.wrong_copies() == 0
    assert counting.numbers()


def test_what_is_seen_beyond_own_teams_is_counted_once(cast):
    elsewhere, shared, own = (cast.conversation() for _ in range(3))
    for conversation in (elsewhere, shared):
        moving.move(conversation, team=cast.drivers, by=cast.sam)
    noting.note(elsewhere, by=cast.sam, html="Ana?", mentions=[cast.ana])
    SharedTeam.objects.create(conversation=shared, team=cast.shop)
    SharedTeam.objects.create(conversation=own, team=cast.shop)
    counts = listing.counts(cast.ana)
    assert (counts["open"], counts["mentions"]) == (3, 1)
