"""The timeline: changes folded, days told apart, links that open far back, what is unread, and paper."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from rapport.conversations import merging, noting, prioritising, reading, tagging
from rapport.conversations.models import Message
from rapport.conversations.tests.cast import fresh
from rapport.desk.conversation import folding
from rapport.desk.conversation.happenings import ShownEvent
from rapport.desk.tests.seated import ana, ben, cast
from rapport.kit import clock

__all__ = ["ana", "ben", "cast"]


def event(number: int, *, days: int = 0, is_loud: bool = False) -> ShownEvent:
    at = timezone.now() - timedelta(days=days)
    return ShownEvent(f"e-{number}", "1", "tag", f"change {number}", at, is_loud=is_loud)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ([event(1), event(2)], ["e-1", "e-2"]),
        ([event(1), event(2), event(3)], ["f-e-1"]),
        ([event(1), event(2), event(3, is_loud=True), event(4)], ["e-1", "e-2", "e-3", "e-4"]),
        ([event(n) for n in range(5)] + [event(9, is_loud=True)], ["f-e-0", "e-9"]),
    ],
)
def test_runs_of_changes_are_one_line_that_opens(given, shown):
    laid = folding.laid_out(given)
    assert [one.id for one in laid] == shown
    inside = [one.id for entry in laid for one in (getattr(entry, "folded", ()) or [entry])]
    assert inside == [one.id for one in given]


def test_a_new_day_ends_a_run_and_is_named():
    laid = folding.laid_out([event(1, days=2), event(2), event(3)])
    assert [getattr(one, "is_day", False) for one in laid] == [True, False, True, False, False]


def long_one(cast, count=150):
    conversation = cast.conversation("The first words")
    mail = conversation.messages.get()
    start = clock.now()
    Message.objects.bulk_create(
        Message(conversation=conversation, kind="customer", text=f"Word {n}.", at=start + timedelta(seconds=n))
        for n in range(count)
    )
    return conversation, mail


def test_a_link_opens_its_message_however_far_back(cast, ana):
    conversation, mail = long_one(cast)
    assert "The first words" not in ana.get(f"/conversations/{conversation.pk}/").content.decode().split("timeline")[1]
    answer = ana.get(f"/messages/{mail.pk}/")
    assert answer.url == f"/conversations/{conversation.pk}/?at={mail.pk}#m-{mail.pk}"
    page = ana.get(answer.url).content.decode()
    assert f'id="m-{mail.pk}"' in page
    assert page.count("data-message=") == 60
    assert 'id="later"' in page
    synced = ana.get(f"/conversations/{conversation.pk}/sync/?at={mail.pk}").content.decode()
    assert synced.count("data-message=") == 60
    middle = Message.objects.get(text="Word 75.")
    page = ana.get(f"/conversations/{conversation.pk}/?at={middle.pk}").content.decode()
    assert "Word 70." in page
    assert "Word 69." not in page


def test_a_link_follows_a_merge_and_shows_nothing_to_others(cast, ana, ben):
    one, two = cast.conversation("One"), cast.conversation("Two")
    mail = one.messages.get()
    merging.merge(one, into=two, by=cast.ana)
    assert ana.get(f"/messages/{mail.pk}/").url.startswith(f"/conversations/{two.pk}/")
    assert ben.get(f"/messages/{mail.pk}/").status_code == 404


def test_what_came_since_one_looked_is_marked(cast, ana):
    mail = cast.writes("Seen")
    page = f"/conversations/{mail.conversation_id}/"
    assert 'id="unread"' not in ana.get(page).content.decode()
    reading.mark_read(mail.conversation, by=cast.ana, up_to=mail.pk)
    new = cast.writes("Not yet", into=fresh(mail.conversation))
    shown = ana.get(page).content.decode()
    assert shown.index('id="unread"') < shown.index(f'id="m-{new.pk}"')
    assert shown.index(f'id="m-{mail.pk}"') < shown.index('id="unread"')


def test_paper_holds_the_whole_conversation_and_notes_only_if_asked(cast, ana):
    conversation, _ = long_one(cast, 70)
    noting.note(conversation, by=cast.ana, html="<p>Between us</p>")
    tagging.tag(fresh(conversation), name="late", by=cast.ana)
    prioritising.set_priority(fresh(conversation), priority=2, by=cast.ana)
    page = ana.get(f"/conversations/{conversation.pk}/print/").content.decode()
    assert "The first words" in page
    assert "Word 69." in page
    assert f"{clock.now():%Y}, " in page, "a time without its day means nothing on paper"
    assert "Between us" not in page
    assert "Between us" in ana.get(f"/conversations/{conversation.pk}/print/?notes=1").content.decode()
