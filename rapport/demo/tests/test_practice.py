"""The practice mailbox: what one writes as a customer arrives like any mail, and answers come back."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.urls import include, path

from rapport.conversations import releasing, replying
from rapport.conversations.models import Conversation
from rapport.demo import seeding
from rapport.demo.urls import pages
from rapport.intake import processing
from rapport.notifications import listing
from rapport.outbox import sending
from rapport.people.models import Account
from rapport.practice import reading
from rapport.reactions import running

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]
urlpatterns = [path("practice/", include(pages(is_open=True))), path("", include("rapport.config.urls"))]


@pytest.fixture
def demo() -> Iterator[Client]:
    """The demo company, and somebody at its practice mailbox."""
    with override_settings(ENVIRONMENT=dataclasses.replace(settings.ENVIRONMENT, demo=True)):
        seeding.seed(most_stories=2)
        yield Client()


def write(demo: Client, words: str, **fields: str) -> None:
    inbox = Conversation.objects.order_by("pk")[0].inbox_id
    answer = demo.post("/practice/carla/", {"inbox": inbox, "subject": "Peonies", "words": words, **fields})
    assert answer.status_code == 302
    processing.process_due()


def newest() -> Conversation:
    return Conversation.objects.order_by("-last_message_id")[0]


def test_the_demo_company_has_conversations_in_every_state_and_nothing_left_to_send(db: None) -> None:
    assert seeding.seed()
    states = set(Conversation.objects.values_list("status", flat=True))
    assert states == {"open", "waiting", "snoozed", "closed", "spam"}
    assert sending.send_due() == 0
    assert running.run_due() == 0
    for who in ("ana", "sam", "flora"):
        assert listing.unread_count(Account.objects.get(email=seeding.email_of(who)))


def test_a_second_start_keeps_the_data(demo: Client) -> None:
    before = Conversation.objects.count()
    assert not seeding.seed()
    assert Conversation.objects.count() == before


def test_a_letter_arrives_and_its_answer_comes_back_and_is_answered_in_the_same_conversation(demo: Client) -> None:
    write(demo, "Do you have peonies?")
    conversation = newest()
    ana = Account.objects.get(email=seeding.email_of("ana"))
    content = replying.ReplyContent(html="<p>Yes, on Friday.</p>", seen_message_id=conversation.last_message_id)
    releasing.release(replying.reply(conversation, by=ana, content=content, delay=timedelta(0)))
    running.run_due()
    sending.send_due()
    letter = next(one for one in reading.letters("carla.conti@example.org") if "Yes, on Friday." in one.inbound.text)
    assert "Yes, on Friday." in demo.get("/practice/carla/letters/").content.decode()
    write(demo, "Wonderful!", answers=letter.answer_to)
    assert newest() == conversation


def test_without_the_demo_switch_there_is_no_practice_mailbox(db: None) -> None:
    assert Client().get("/practice/carla/").status_code == 404


def test_an_empty_letter_is_refused_in_words(demo: Client) -> None:
    answer = demo.post("/practice/carla/", {"subject": "", "words": ""})
    assert answer.status_code == 422
    assert "This field is required" in answer.content.decode()
