"""What was said and what happened, and what hangs on a conversation besides."""

from __future__ import annotations

from datetime import timedelta

from rapport.conversations import access, directory, merging, noting, replying, surroundings, tagging, timeline
from rapport.conversations.tests.cast import DAN, again
from rapport.conversations.timeline import Said
from rapport.people import changing
from rapport.people.models import Customer
from rapport.people.recognising import recognise


def around(account, conversation):
    found = access.get_conversation(account, conversation.pk)
    return surroundings.read(account, found, found.customer)


def read(account, conversation, **options):
    return timeline.read(account, around(account, conversation).family, **options)


def said(found):
    return [entry.text.strip() for entry in found.entries if isinstance(entry, Said)]


def test_a_timeline_holds_messages_notes_and_events_of_all_that_was_merged(cast):
    source, target = cast.conversation("First"), cast.conversation("Second", sender=DAN)
    cast.replies(source, "Answer")
    merging.merge(source, into=target, by=cast.ana)
    found = read(cast.ana, target)
    assert said(found) == ["First", "Second", "Answer"]
    assert [entry.kind for entry in found.entries if not isinstance(entry, Said)][-1] == "conversation.merged"


def test_taken_back_replies_leave_the_timeline(cast):
    conversation = cast.conversation()
    held = cast.holds(conversation, delay=timedelta(minutes=1))
    assert held.pk in [entry.pk for entry in read(cast.ana, conversation).entries]
    replying.cancel(held, by=cast.ana)
    assert held.pk not in [entry.pk for entry in read(cast.ana, conversation).entries]


def test_the_end_of_a_long_timeline_knows_what_it_leaves_out(cast):
    conversation = cast.conversation("0")
    last = [cast.writes(str(number), into=conversation) for number in range(1, 6)][-1]
    tagging.tag(conversation, name="late", by=cast.ana)
    whole, end = read(cast.ana, conversation), read(cast.ana, conversation, most=3)
    assert end.entries == whole.entries[-3:]
    assert (end.earlier, end.newest, end.messages) == (len(whole.entries) - 3, last.pk, 6)
    assert (whole.earlier, whole.newest, whole.messages) == (0, last.pk, 6)


def test_a_colleague_who_was_asked_gets_the_notes_alone_of_a_long_timeline_too(cast):
    conversation = cast.conversation("A secret")
    notes = [noting.note(conversation, by=cast.ana, html=f"<p>{n}</p>", mentions=[cast.kim]) for n in range(3)]
    found = timeline.read(cast.kim, [conversation.pk], most=2)
    assert [entry.pk for entry in found.entries] == [note.pk for note in notes[1:]]
    assert (found.earlier, found.messages) == (1, 3)


def test_the_surroundings_reach_through_merges_of_merges(cast):
    oldest, middle, living = cast.conversation("1"), cast.conversation("2"), cast.conversation("3", sender=DAN)
    merging.merge(oldest, into=middle, by=cast.ana)
    merging.merge(middle, into=living, by=cast.ana)
    found = around(cast.ana, living)
    assert sorted(found.family) == sorted([oldest.pk, middle.pk, living.pk])
    assert [number for number, _subject in found.merged] == [middle.pk]
    assert {person.email for person in found.people} == {"carla@example.org", DAN.email}


def test_the_surroundings_name_the_addresses_of_a_merged_customer_and_the_tags_by_name(cast):
    conversation = cast.conversation()
    other = recognise(DAN)
    Customer.objects.filter(pk=other.pk).update(canonical=conversation.customer)
    for name in ("Älter", "zuletzt", "anfangs"):
        tagging.tag(conversation, name=name, by=cast.ana)
    found = around(cast.ana, conversation)
    assert set(found.customers) == {conversation.customer_id, other.pk}
    assert DAN.email in found.addresses
    assert found.tags == ["Älter", "anfangs", "zuletzt"]


def test_the_directory_offers_who_is_here_and_names_who_left(cast):
    before = directory.read()
    assert directory.read() is before
    changing.end(cast.ben, by=cast.flora)
    after = directory.read()
    assert (cast.ben.pk, cast.ben.name) in before.colleagues
    assert cast.ben.pk not in dict(after.colleagues)
    assert after.people[cast.ben.pk] == cast.ben.name


def test_other_conversations_of_the_customer_are_those_the_account_sees(cast):
    here, shops = cast.conversation("Here"), cast.conversation("The shop's")
    drivers = cast.conversation("The drivers'", inbox=cast.drivers_inbox)
    seen_by = {
        account: [row[0] for row in surroundings.earlier(again(account), [here.customer_id], without=[here.pk], most=8)]
        for account in (cast.ana, cast.ben, cast.flora)
    }
    assert seen_by == {cast.ana: [shops.pk], cast.ben: [drivers.pk], cast.flora: [drivers.pk, shops.pk]}
