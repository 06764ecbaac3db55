"""Two become one to look at, and two again."""

from __future__ import annotations

import pytest

from rapport.channels.contract import Address
from rapport.conversations import (
    announcing,
    closing,
    drafting,
    joining,
    listing,
    locking,
    merging,
    noting,
    surroundings,
    tagging,
)
from rapport.conversations.announcing import Words
from rapport.conversations.errors import CannotMerge, NotFound, NotMerged
from rapport.conversations.models import Conversation
from rapport.conversations.tests.cast import CARLA, DAN, fresh
from rapport.events.models import Event
from rapport.search import finding

Status = Conversation.Status


def columns(conversation):
    row = fresh(conversation)
    hidden = {"_state", "merged_into_id"}
    return {name: value for name, value in vars(row).items() if name not in hidden}


def test_the_living_one_counts_and_shows_both(cast):
    source, target = cast.conversation("First"), cast.conversation("Second", sender=DAN)
    since = source.waiting_since
    merging.merge(source, into=target, by=cast.ana)
    after = fresh(target)
    assert (after.message_count, after.waiting_since, after.preview) == (2, since, "Second")
    assert [row.number for row in listing.inbox_page(cast.ana, view="open").rows] == [target.pk]
    assert finding.conversation_ids("first")[0] == target.pk


def test_undo_makes_both_what_they_were(cast):
    source, target = cast.conversation("First", sender=DAN), cast.conversation("Second")
    tagging.tag(source, name="VIP", by=cast.ana)
    closing.close(target, by=cast.ana)
    announcing.announce(target, Words([], "Thank you", "It is here"))
    before = columns(source), columns(target)
    merging.merge(source, into=target, by=cast.ana)
    assert fresh(target).status == Status.OPEN
    assert target.participants.filter(email=DAN.email).exists()
    merging.undo_merge(source, by=cast.ana)
    after = columns(source), columns(target)
    assert after == before
    assert not target.tags.exists()
    assert [row.email for row in target.participants.all()] == [CARLA.email]
    assert finding.conversation_ids("first") == [source.pk]


def test_nobody_is_there_twice_and_whoever_came_by_the_merge_leaves_drafts_with_it(cast):
    source, target = cast.conversation("First", sender=DAN), cast.conversation("Second")
    merging.merge(source, into=target, by=cast.ana)
    people = surroundings.read(cast.ana, fresh(target), None).people
    assert [one.email for one in people] == [DAN.email, CARLA.email]
    both = [Address(one.email, one.name) for one in people]
    drafting.save_draft(target, by=cast.ana, content=drafting.ReplyContent(html="Both of you", to=both))
    merging.undo_merge(source, by=cast.ana)
    left = drafting.draft_for(target, by=cast.ana)
    assert left is not None
    assert [one["email"] for one in left.to] == [CARLA.email]


def test_mail_to_a_merged_conversation_lands_in_the_living_one_however_far(cast):
    one, two, three = (cast.conversation() for _ in range(3))
    merging.merge(one, into=two, by=cast.ana)
    merging.merge(two, into=three, by=cast.ana)
    message = cast.writes("Again", into=fresh(one))
    assert message.conversation == three
    assert fresh(three).message_count == 4
    assert set(locking.family_ids(three)) == {one.pk, two.pk, three.pk}


def test_replies_and_notes_to_a_merged_conversation_go_to_the_living_one(cast):
    source, target = cast.conversation(), cast.conversation()
    merging.merge(source, into=target, by=cast.ana)
    seen = fresh(target).last_message_id
    assert cast.holds(source, seen_message_id=seen).conversation == target
    assert noting.note(fresh(source), by=cast.ana, html="?").conversation == target


def test_merging_into_a_merged_one_means_what_stands_for_it(cast):
    one, two, three = (cast.conversation() for _ in range(3))
    merging.merge(one, into=two, by=cast.ana)
    assert merging.merge(three, into=one, by=cast.ana) == two


def test_what_cannot_be_merged(cast):
    one, two = cast.conversation(), cast.conversation()
    with pytest.raises(CannotMerge):
        merging.merge(one, into=one, by=cast.ana)
    merging.merge(one, into=two, by=cast.ana)
    with pytest.raises(CannotMerge):
        merging.merge(two, into=fresh(one), by=cast.ana)
    with pytest.raises(CannotMerge):
        merging.merge(fresh(one), into=two, by=cast.ana)
    with pytest.raises(NotMerged):
        merging.undo_merge(two, by=cast.ana)


def test_nobody_reads_by_merging_what_they_may_not_see(cast):
    mine, theirs = cast.conversation(), cast.conversation(inbox=cast.drivers_inbox)
    for source, target in ((mine, theirs), (theirs, mine)):
        with pytest.raises(NotFound):
            merging.merge(source, into=target, by=cast.ana)
    assert not Event.objects.filter(kind="conversation.merged").exists()


def test_merging_hides_nobody_who_waits_and_wakes_nobody_who_was_settled(cast):
    waits, answered = cast.conversation("First"), cast.conversation("Second")
    cast.replies(answered, then="closed")
    merging.merge(waits, into=answered, by=cast.ana)
    assert fresh(answered).waiting_since == waits.waiting_since
    settled, other = closing.close(cast.conversation(), by=cast.ana), closing.close(cast.conversation(), by=cast.ana)
    merging.merge(other, into=settled, by=cast.ana)
    cast.writes("Her brother", sender=DAN, into=settled, stranger=True)
    assert fresh(settled).waiting_since is None


def test_a_reply_to_the_living_one_answers_what_was_merged_into_it(cast):
    source, target = cast.conversation(), cast.conversation()
    merging.merge(source, into=target, by=cast.ana)
    cast.replies(target, then="closed")
    assert closing.reopen(fresh(target), by=cast.ana).waiting_since is None


def test_undo_in_the_middle_of_a_chain_keeps_the_rest(cast):
    one, two, three = (cast.conversation() for _ in range(3))
    merging.merge(one, into=two, by=cast.ana)
    merging.merge(two, into=three, by=cast.ana)
    merging.undo_merge(fresh(one), by=cast.ana)
    counts = [fresh(row).message_count for row in (one, two, three)]
    assert counts == [1, 1, 2]


@pytest.mark.parametrize("put_away", [closing.close, closing.wait, None])
def test_what_is_shown_before_a_merge_is_what_it_makes(cast, put_away):
    source, target = cast.conversation("First", sender=DAN), cast.conversation("Second")
    tagging.tag(source, name="VIP", by=cast.ana)
    tagging.tag(target, name="late", by=cast.ana)
    if put_away:
        put_away(fresh(target), by=cast.ana)
    plan = joining.plan(fresh(source), fresh(target))
    merging.merge(source, into=target, by=cast.ana)
    after = fresh(target)
    reply = cast.holds(after)
    assert plan.two_customers
    assert plan.status == after.status
    assert plan.tags == sorted(after.tags.values_list("name", flat=True))
    assert {one.email for one in plan.audience} == {one["email"] for one in reply.to}
