"""An answer that arrives before what it answers comes together with it, and nobody else's mail does."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rapport.conversations import merging, referencing, spamming
from rapport.conversations.models import Awaited, Message
from rapport.conversations.tests.cast import Cast
from rapport.intake.tests.mails import STRANGER, arrive, conversation_of, mail, message_of
from rapport.kit import clock

QUESTION, FOLLOW_UP, THIRD = ("<question@example.org>", "<follow-up@example.org>", "<third@example.org>")


def question(words: str = "Where are my tulips?", **headers: str) -> bytes:
    return mail(words, message_id=QUESTION, **headers)


def follow_up(words: str = "I forgot: they are red", **headers: str) -> bytes:
    return mail(words, message_id=FOLLOW_UP, in_reply_to=QUESTION, **headers)


def test_a_question_that_comes_late_joins_its_answer(cast: Cast) -> None:
    early = arrive(follow_up(), cast.inbox)
    late = arrive(question(), cast.inbox)
    assert late.conversation_id == early.conversation_id
    assert not Awaited.objects.exists()


def test_a_strangers_mail_with_the_awaited_id_does_not_join(cast: Cast) -> None:
    early = arrive(follow_up(), cast.inbox)
    forged = arrive(question("I am the question", sender=STRANGER), cast.inbox)
    assert forged.conversation_id != early.conversation_id
    assert arrive(question(), cast.inbox).conversation_id == early.conversation_id


@pytest.mark.parametrize("more", [{"list_id": "<news.example>"}, {"auto_submitted": "auto-replied"}])
def test_machines_and_lists_join_nothing(cast: Cast, more: dict[str, str]) -> None:
    early = arrive(follow_up(), cast.inbox)
    assert arrive(question(**more), cast.inbox).conversation_id != early.conversation_id


def test_an_answer_that_overtook_the_middle_is_merged_and_the_merge_can_be_undone(cast: Cast) -> None:
    home = arrive(question(), cast.inbox)
    early = arrive(mail("And yellow", message_id=THIRD, in_reply_to=FOLLOW_UP), cast.inbox)
    assert early.conversation_id != home.conversation_id
    late = arrive(follow_up(), cast.inbox)
    assert late.conversation_id == home.conversation_id
    apart = conversation_of(early)
    assert apart.merged_into_id == home.conversation_id
    merging.undo_merge(apart, by=cast.ana)
    assert arrive(mail("More", in_reply_to=FOLLOW_UP), cast.inbox).conversation_id == home.conversation_id
    apart.refresh_from_db()
    assert apart.merged_into_id is None


def test_conversations_of_two_teams_are_not_merged_by_a_machine(cast: Cast) -> None:
    home = arrive(question(), cast.inbox)
    early = arrive(mail("And yellow", message_id=THIRD, in_reply_to=FOLLOW_UP), cast.drivers_inbox)
    assert arrive(follow_up(), cast.inbox).conversation_id == home.conversation_id
    assert conversation_of(early).merged_into_id is None


def test_a_conversation_that_was_called_spam_swallows_nothing(cast: Cast) -> None:
    early = arrive(follow_up(), cast.inbox)
    spamming.mark_spam(conversation_of(early), by=cast.ana)
    assert arrive(question(), cast.inbox).conversation_id != early.conversation_id


@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)])
@pytest.mark.parametrize("keeps_references", [True, False])
def test_three_mails_become_one_conversation_in_any_order(
    cast: Cast, order: tuple[int, ...], keeps_references: bool
) -> None:
    whole = {"references": f"{QUESTION} {FOLLOW_UP}"} if keeps_references else {}
    thread = [question(), follow_up(), mail("And yellow", message_id=THIRD, in_reply_to=FOLLOW_UP, **whole)]
    rows = [arrive(thread[number], cast.inbox) for number in order]
    homes = [conversation_of(row) for row in rows]
    assert len({home.merged_into_id or home.pk for home in homes}) == 1
    assert Message.objects.count() == 3
    assert message_of(rows[0]).state == "done"


def test_what_never_came_is_forgotten(cast: Cast) -> None:
    arrive(follow_up(), cast.inbox)
    Awaited.objects.update(since=clock.now() - timedelta(days=8))
    assert referencing.waiting_for(QUESTION) == []
    referencing.forget_awaited()
    assert not Awaited.objects.exists()
