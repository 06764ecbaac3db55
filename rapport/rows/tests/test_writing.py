"""Kept statements make and find the rows that the ORM makes and finds."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from rapport.channels.models import Inbox
from rapport.conversations.models import Conversation, Participant
from rapport.events.models import Event
from rapport.intake.models import Fingerprint, RawMessage
from rapport.rows import reading, writing

pytestmark = pytest.mark.django_db
MOMENT = datetime(2026, 3, 1, 9, 30, 0, 123456, tzinfo=UTC)


def columns(row):
    """Every stored column but the key."""
    [stored] = type(row).objects.filter(pk=row.pk).values()
    return {name: value for name, value in stored.items() if name != "id"}


@pytest.mark.parametrize(
    "make",
    [
        lambda: Event(kind="x.y", at=MOMENT, data={"words": ["ä", None, 1]}, historic=True),
        lambda: Conversation(subject="Tulips 100 %s", channel="email", created_at=MOMENT, last_message_at=MOMENT),
        lambda: RawMessage(sha256="0" * 64, size=1, source="door", envelope_to=["a@b"], received_at=MOMENT, next_try_at=MOMENT),
        lambda: Inbox(name="Shop", address="shop@example.org", aliases=["x@y"], settings={"a": {"b": 1}}, created_at=MOMENT),
    ],
)  # fmt: skip
def test_a_row_is_stored_as_the_orm_stores_it(make):
    ours, theirs = make(), make()
    with transaction.atomic():
        writing.insert(ours)
        found = columns(ours)
        transaction.set_rollback(True)
    with transaction.atomic():
        theirs.save(force_insert=True)
        assert columns(theirs) == found
        transaction.set_rollback(True)


def test_a_new_row_knows_its_key_and_can_be_saved_again():
    event = Event(kind="x.y", at=MOMENT)
    writing.insert(event)
    event.kind = "x.z"
    event.save()
    assert list(Event.objects.values_list("pk", "kind")) == [(event.pk, "x.z")]


def test_a_second_row_under_the_same_key_is_refused_or_skipped():
    writing.insert(Fingerprint(content_key="k", conversation_id=1, message_id=1))
    second = Fingerprint(content_key="k", conversation_id=2, message_id=2)
    assert not writing.insert_if_new(second)
    with pytest.raises(IntegrityError), transaction.atomic():
        writing.insert(second)
    assert Fingerprint.objects.get().message_id == 1


def test_an_update_writes_the_named_columns_only():
    conversation = Conversation.objects.create(channel="email", subject="a", preview="b")
    conversation.subject, conversation.preview, conversation.closed_at = "new", "not written", MOMENT
    writing.update(conversation, "subject", "closed_at")
    conversation.closed_at = None
    writing.update(conversation, "subject", "closed_at")
    stored = Conversation.objects.get()
    assert (stored.subject, stored.preview, stored.closed_at) == ("new", "b", None)


def test_a_kept_look_up_finds_what_its_query_set_finds_with_one_query():
    conversation = Conversation.objects.create(channel="email", created_at=MOMENT)
    for email in ("a@example.org", "b@example.org"):
        Participant.objects.create(conversation=conversation, email=email, role="copy")
    kept = reading.Kept(lambda: Participant.objects.filter(email="").select_related("conversation", "customer"))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        [found] = kept.all("b@example.org")
        assert (found.email, found.conversation.created_at, found.customer) == ("b@example.org", MOMENT, None)
    assert len(queries) == 1
    assert found == Participant.objects.get(email="b@example.org")
    assert kept.first("nobody@example.org") is None


def test_a_kept_look_up_refuses_a_wrong_number_of_values():
    with pytest.raises(TypeError):
        reading.Kept(lambda: Participant.objects.filter(email="")).all("a", "b")
