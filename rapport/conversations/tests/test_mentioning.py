"""Whom the words of a note mean."""

from __future__ import annotations

import pytest

from rapport.conversations import access, mentioning, noting
from rapport.conversations.models import Involvement
from rapport.conversations.tests.cast import Cast, cast
from rapport.events.models import Event
from rapport.kit import html

__all__ = ["cast"]


def span(named):
    return f'<p>Hi <span data-mention="{named}">@Kim</span>!</p>'


def test_a_mention_goes_through_the_sanitiser_and_back_as_it_is(cast: Cast):
    written = span(f"person:{cast.kim.pk}")
    assert html.sanitize(written) == written == html.for_our_page(written)
    assert html.to_text(written).strip() == "Hi @Kim!"
    assert mentioning.named_in(written) == [cast.kim]


@pytest.mark.parametrize("value", ["person:0", "person:x", "role:1", "person:1 team:1", ""])
def test_what_names_nobody_is_words(cast: Cast, value):
    assert "data-mention" not in html.sanitize(span(value))
    assert mentioning.named_in(span(value)) == []


def test_only_active_colleagues_and_living_teams_can_be_meant(cast: Cast):
    joining_ended = cast.drivers
    joining_ended.ended_at = joining_ended.created_at
    joining_ended.save()
    named = f"person:{cast.eva.pk}", "person:999999", f"team:{cast.drivers.pk}", f"team:{cast.shop.pk}"
    assert mentioning.named_in("".join(map(span, named))) == [cast.shop]


def test_a_note_names_a_bounded_number_of_people(cast: Cast):
    many = "".join(span(f"person:{pk}") for pk in range(10_000, 10_000 + mentioning.MOST))
    assert mentioning.named_in(many + span(f"person:{cast.kim.pk}")) == []


def test_a_team_that_is_mentioned_sees_the_conversation_member_by_member(cast: Cast):
    conversation = cast.conversation()
    noting.note(conversation, by=cast.ana, html="Van?", mentions=[cast.kim, cast.drivers, cast.shop])
    for account in (cast.ben, cast.kim):
        assert access.get_conversation(account, conversation.pk) == conversation
    assert not Involvement.objects.filter(account__in=[cast.ana, cast.eva]).exists()
    facts = Event.objects.get(kind="message.noted").data
    assert facts == {"mentions": [cast.kim.pk, cast.sam.pk, cast.ben.pk], "by_team": [cast.sam.pk, cast.ben.pk]}
