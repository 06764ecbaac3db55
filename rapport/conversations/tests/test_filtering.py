"""The condition language, and finding by it."""

from __future__ import annotations

import pytest
from django.db.models import Q
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from rapport.conversations import assigning, closing, filtering, finding, merging, noting, reading, spamming, tagging
from rapport.conversations.filtering import CannotRead, Condition, Operator
from rapport.conversations.models import Conversation
from rapport.conversations.tests.cast import DAN, attachment
from rapport.search import indexing


def found(account, query, **options):
    return {row.number for row in finding.search(account, query=query, **options).rows}


@pytest.fixture
def three(cast):
    """Carla's open one assigned to Ana and tagged, Dan's closed one, and a driver's."""
    first = assigning.assign(cast.conversation("Roses", attachments=[attachment()]), to=cast.ana, by=cast.sam)
    tagging.tag(first, name="Big order", by=cast.ana)
    second = closing.close(cast.conversation("Lilies", sender=DAN), by=cast.ana)
    third = cast.conversation("Fuel", inbox=cast.drivers_inbox)
    reading.mark_read(second, by=cast.flora, up_to=second.last_message_id)
    return first.pk, second.pk, third.pk


@pytest.mark.parametrize(
    ("query", "hits"),
    [
        ("status:open", {0, 2}),
        ("-status:open", {1}),
        ("STATUS:closed", {1}),
        ("assignee:ana", {0}),
        ("assignee:ana@fleur.example", {0}),
        ("assignee:nobody", {1, 2}),
        ("-assignee:ana", {1, 2}),
        ("assignee:me", set()),
        ("team:drivers", {2}),
        ("team:shop status:open", {0}),
        ('tag:"big order"', {0}),
        ('-tag:"BIG ORDER"', {1, 2}),
        ("tag:none", {1, 2}),
        ("customer:dan@example.net", {1}),
        ("inbox:drivers@fleur.example", {2}),
        ("channel:email", {0, 1, 2}),
        ("priority:normal", {0, 1, 2}),
        ("priority:urgent", set()),
        ("after:today", {0, 1, 2}),
        ("before:today", set()),
        ("before:2001-01-01", set()),
        ("after:7d", {0, 1, 2}),
        ("has:attachment", {0}),
        ("has:tag", {0}),
        ("is:unread", {0, 2}),
        ("is:read", {1}),
        ("is:unanswered", {0, 2}),
        ("roses", {0}),
        ("roses status:closed", set()),
        ("lilies status:closed", {1}),
        ("carla", {0, 2}),
        ("status:nonsense", set()),
        ("after:soon", set()),
        ("unknown:field", set()),
    ],
)
def test_what_each_query_finds(cast, three, query, hits):
    assert found(cast.flora, query) == {three[index] for index in hits}


def test_nobody_finds_what_they_may_not_see(cast, three):
    assert found(cast.ben, "roses") == found(cast.ben, "status:open assignee:ana") == set()
    assert found(cast.ben, "fuel") == {three[2]}


def test_a_colleague_cannot_learn_a_customers_words_by_searching(cast):
    conversation = cast.conversation("secret", subject="Tulips")
    noting.note(conversation, by=cast.ana, html="Kim?", mentions=[cast.kim])
    assert found(cast.kim, "secret") == set()
    assert found(cast.kim, "tulips") == {conversation.pk}


def test_spam_is_found_only_when_asked_for(cast):
    conversation = spamming.mark_spam(cast.conversation("Pills"), by=cast.ana)
    assert found(cast.ana, "pills") == set()
    assert found(cast.ana, "pills status:spam") == {conversation.pk}


def test_a_number_alone_means_that_conversation_first(cast):
    first = cast.conversation("About tulips")
    cast.conversation(f"Order {first.pk} please")
    assert finding.search(cast.ana, query=f"#{first.pk}").rows[0].number == first.pk


def test_words_of_a_merged_conversation_lead_to_the_living_one(cast):
    source, target = cast.conversation("Orchids"), cast.conversation("Second")
    merging.merge(source, into=target, by=cast.ana)
    assert found(cast.ana, "orchids") == {target.pk}


def test_pages_of_matches_follow_each_other_past_what_is_hidden(cast):
    visible = set()
    for index in range(12):
        mine = cast.conversation("Peony", inbox=cast.inbox if index % 2 else cast.drivers_inbox)
        visible |= {mine.pk} if index % 2 else set()
    seen, after = [], None
    for _ in range(4):
        page = finding.search(cast.ana, query="peony", after=after, limit=2)
        seen += [row.number for row in page.rows]
        after = page.after
        if after is None:
            break
    assert seen == sorted(visible, reverse=True)


def test_the_one_match_a_viewer_sees_is_found_under_thousands_of_others(cast):
    own = cast.conversation("peony")
    rows = Conversation.objects.bulk_create(
        Conversation(subject="Other", channel="email", team=cast.drivers) for _ in range(1300)
    )
    for row in rows:
        indexing.add_to_conversation(row.pk, "peony")
    assert found(cast.ana, "peony") == {own.pk}
    assert found(cast.ana, f"peony number:{own.pk}") == {own.pk}
    assert found(cast.ana, "peony status:closed") == set()


def test_what_could_not_be_understood_is_said(cast):
    assert "nonsense" in filtering.parse_query("status:nonsense").problems[0]
    assert "2026-03-01" in filtering.parse_query("before:soon").problems[0]
    with timezone.override("Asia/Tokyo"):  # where the first day began before there were years in UTC
        assert filtering.parse_query("after:0001-01-01").problems
        assert found(cast.flora, "after:0001-01-01") == set()


def test_words_and_times_are_no_fields():
    parsed = filtering.parse_query('at 12:30 "two words" http://x.example foo:bar')
    assert parsed.conditions == ()
    assert parsed.words == "at 12:30 two words http://x.example foo:bar"


def test_an_operator_a_field_does_not_have_is_refused(cast):
    with pytest.raises(CannotRead):
        filtering.query(Condition("status", Operator.BEFORE, "open"), account=None)
    with pytest.raises(CannotRead):
        filtering.query(Condition("password", Operator.IS, "x"), account=None)


def test_a_field_is_registered_once():
    with pytest.raises(ValueError, match="status"):
        filtering.register(filtering.Field("status", lambda _value, _account, _operator: Q()))


@pytest.mark.django_db
@given(
    st.text(max_size=60) | st.builds("{}:{}".format, st.sampled_from(filtering.known_fields()), st.text(max_size=20))
)
def test_nothing_anybody_types_breaks_the_search(written):
    from rapport.people.models import Account

    chosen = filtering.parse_query(written)
    list(filtering.apply(chosen, Conversation.objects.all(), account=Account(pk=1))[:1])
