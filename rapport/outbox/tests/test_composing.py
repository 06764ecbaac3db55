"""What a reply ends with: its author's signature, else the team's."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from rapport.conversations.models import Message
from rapport.outbox import composing, queueing
from rapport.people import changing, merging, profiling
from rapport.people.models import Customer, Team


def composed(cast):
    delivery = queueing.queue_message(cast.replies(cast.conversation()))
    assert delivery is not None
    return composing.compose(delivery)


def test_the_note_that_a_colleague_mailed_is_not_named_outside(cast):
    first = cast.writes("Where are they?")
    note = cast.writes("Do not tell her.", into=first.conversation, as_note=True)
    delivery = queueing.queue_message(cast.replies(first.conversation))
    assert delivery is not None
    named = composing.compose(delivery).references
    assert (first.external_id in named, note.external_id in named) == (True, False)


@pytest.mark.parametrize(
    ("language", "zone", "head"),
    [
        ("", "", "On Sun 22 Nov 2026, 11:10, Carla Conti wrote:"),
        ("de", "Europe/Berlin", "Am So 22. Nov. 2026, 12:10 schrieb Carla Conti:"),
        ("en-us", "America/New_York", "On Sun, Nov 22, 2026, 6:10\N{NO-BREAK SPACE}AM, Carla Conti wrote:"),
        ("zh-hans", "Asia/Shanghai", "2026年11月22日 周日 19:10，Carla Conti 写道："),
    ],
)
def test_what_is_quoted_is_headed_in_the_customers_language_and_by_their_clock(cast, language, zone, head):
    question = cast.writes("Where are they?")
    Message.objects.filter(pk=question.pk).update(at=datetime(2026, 11, 22, 11, 10, tzinfo=UTC))
    Customer.objects.filter(pk=question.conversation.customer_id).update(language=language, time_zone=zone)
    delivery = queueing.queue_message(cast.replies(question.conversation))
    assert delivery is not None
    mail = composing.compose(delivery)
    assert f"{head}\n> Where are they?" in mail.text
    assert f"<p>{head}</p>" in mail.html


@pytest.mark.parametrize(
    ("own", "teams", "end"),
    [
        ("", "<p>{{agent.first_name}}, {{team.name}}</p>", "Ana, Shop"),
        ("<p>{{agent.name}}</p>", "<p>Shop</p>", "Ana Adler"),
        ("<p>Ana {{moon.phase}}{{order.number}}</p>", "", "Ana"),
    ],
)
def test_a_reply_ends_with_the_nearest_signature_filled_in(cast, own, teams, end):
    changing.change_signature(cast.ana, signature_html=own)
    Team.objects.filter(pk=cast.shop.pk).update(signature_html=teams)
    mail = composed(cast)
    assert mail.text.split("-- \n")[1].split("\n")[0].strip() == end
    assert f"<p>{end}" in mail.html


def test_a_value_in_a_signature_is_text(cast):
    changing.change_signature(cast.ana, signature_html="<p>{{agent.name}}</p>")
    changing.change_profile(cast.ana, name="<b>Ana", language="en", time_zone="", mail_notifications=True)
    assert "<p>&lt;b&gt;Ana</p>" in composed(cast).html


def test_words_of_ours_speak_to_who_the_customer_turned_out_to_be(cast):
    assert "wrote:" in composed(cast).text
    profiling.change(cast.dan, {"language": "de"}, by=cast.ana)
    merging.merge(cast.carla, into=cast.dan, by=cast.ana)
    assert "schrieb" in composed(cast).text
