"""The page of one conversation, over HTTP."""

from __future__ import annotations

import re

import pytest
from django.db import connection

from rapport.channels.contract import Address
from rapport.conversations import assigning, merging, tagging
from rapport.conversations.models import Message
from rapport.conversations.tests.cast import attachment, fresh
from rapport.conversations.tests.explained import whole_reads
from rapport.desk.tests.seated import HTMX, ana, at_desk, ben, cast

__all__ = ["ana", "ben", "cast"]
PROBE = '<img src=x onerror="alert(1)">\'"><script>alert(2)</script>'


def page_of(client, conversation, **extra):
    return client.get(f"/conversations/{conversation.pk}/", **extra).content.decode()


def test_the_page_shows_the_messages_and_one_heading(cast, ana):
    page = page_of(ana, cast.conversation("My tulips are late"))
    assert "My tulips are late" in page
    assert page.count("<h1") == 1


def test_htmx_gets_the_pane_alone(cast, ana):
    page = page_of(ana, cast.conversation(), **HTMX)
    assert "<html" not in page
    assert 'id="conversation"' in page


def test_who_may_not_see_a_conversation_gets_the_same_as_for_none(cast, ana, ben):
    address = f"/conversations/{cast.conversation().pk}/"
    assert ana.get(address).status_code == 200
    assert ben.get(address).status_code == 404
    assert ben.get("/conversations/999999/").status_code == 404


def test_a_colleague_who_was_mentioned_reads_notes_only(cast, ana):
    conversation = cast.conversation("A secret of the customer")
    ana.post(f"/conversations/{conversation.pk}/notes/", {"body": "Kim, which gate?", "mention": cast.kim.pk})
    page = page_of(at_desk(cast.kim), conversation)
    assert "Kim, which gate?" in page
    assert "A secret of the customer" not in page


@pytest.mark.parametrize(
    "options",
    [
        {"words": PROBE},
        {"subject": PROBE},
        {"sender": Address("probe@example.org", PROBE)},
        {"attachments": [attachment(PROBE)]},
    ],
    ids=["words", "subject", "sender", "file name"],
)
def test_nothing_a_stranger_wrote_becomes_markup(cast, ana, options):
    conversation = cast.conversation(**options)
    for page in (page_of(ana, conversation), ana.get("/inbox/?view=open").content.decode()):
        assert "<img src=x" not in page
        assert "<script>alert" not in page


def test_a_note_of_ours_is_sanitised_where_it_is_shown(cast, ana):
    conversation = cast.conversation()
    ana.post(f"/conversations/{conversation.pk}/notes/", {"body": f"<b>ok</b>{PROBE}", "format": "html"})
    page = page_of(ana, conversation)
    assert "<b>ok</b>" in page
    assert "onerror" not in page


def test_every_inline_script_carries_the_nonce_of_the_policy(cast, ana):
    response = ana.get(f"/conversations/{cast.conversation().pk}/")
    (nonce,) = re.findall(r"script-src 'self' 'nonce-([^']+)'", response["Content-Security-Policy"])
    inline = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", response.content.decode())
    assert inline
    assert all(f'nonce="{nonce}"' in tag for tag in inline)


def test_pages_have_no_style_attributes_and_no_inline_handlers(cast, ana):
    page = page_of(ana, cast.conversation())
    assert not re.search(r"<[^>]+\s(style|on[a-z]+)=", page)


def test_sync_brings_the_entries_but_no_composer(cast, ana):
    conversation = cast.conversation()
    page = ana.get(f"/conversations/{conversation.pk}/sync/", **HTMX).content.decode()
    assert f'id="m-{fresh(conversation).last_message_id}"' in page
    assert 'id="composer"' not in page


@pytest.fixture
def busy(cast, ana):
    """A conversation with everything: an answer, a note, files, a tag, an assignee, one that was merged into it."""
    conversation, other = cast.conversation(attachments=[attachment()]), cast.conversation("Once more")
    cast.replies(conversation)
    cast.writes("And another", into=conversation)
    ana.post(f"/conversations/{conversation.pk}/notes/", {"body": "Kim, which gate?", "mention": cast.kim.pk})
    tagging.tag(conversation, name="late", by=cast.ana)
    assigning.assign(conversation, to=cast.ana, by=cast.ana)
    merging.merge(other, into=conversation, by=cast.ana)
    return fresh(conversation)


def answer(ana, conversation):
    fields = {"body": "Gate 4.", "format": "text", "seen": fresh(conversation).last_message_id}
    return ana.post(f"/conversations/{conversation.pk}/replies/", fields, **HTMX)


@pytest.mark.parametrize("messages", [1, 25])
def test_the_pane_asks_as_much_for_a_long_conversation_as_for_a_short_one(
    cast, ana, busy, django_assert_num_queries, messages
):
    for number in range(messages - 1):
        cast.writes(f"And another {number}", into=busy)
    page_of(ana, busy, **HTMX)  # what is learnt once
    # Five for who asks; conversation, surroundings (twice: something was merged), names, messages, events, deliveries,
    # files, orders, the customer's portrait, the blocklist, other conversations, drafts, inboxes to write from.
    with django_assert_num_queries(17):
        page_of(ana, busy, **HTMX)


def test_the_page_asks_for_the_list_beside_it_too(cast, ana, django_assert_max_num_queries):
    conversation = cast.conversation()
    page_of(ana, conversation)
    with django_assert_max_num_queries(25):
        page_of(ana, conversation)


def test_holding_an_answer_costs_few_statements(cast, ana, django_assert_max_num_queries):
    conversation = cast.conversation()
    assert answer(ana, conversation).status_code == 204
    # Five of them begin and end transactions; on PostgreSQL one more, by which a locked row can be let go of.
    with django_assert_max_num_queries(20 if connection.vendor == "sqlite" else 21):
        assert answer(ana, conversation).status_code == 204


def test_a_conversation_and_an_answer_read_no_table_whole_that_grows(ana, busy):
    if connection.vendor == "postgresql":
        pytest.skip("PostgreSQL plans a nearly empty database by chance; bench.plans looks at a million rows")
    address = f"/conversations/{busy.pk}/"

    def look_and_answer():
        assert page_of(ana, busy, **HTMX)
        assert ana.get(f"{address}sync/", **HTMX).status_code == 200
        assert ana.get(f"{address}?all=1", **HTMX).status_code == 200
        assert answer(ana, busy).status_code == 204

    assert whole_reads(look_and_answer) == []
    # Were the reader of plans blind, nothing above could fail.
    assert whole_reads(lambda: list(Message.objects.filter(text="tulips")))
