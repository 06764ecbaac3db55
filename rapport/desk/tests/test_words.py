"""A macro's words for several conversations: looked at, sent or noted once, and taken back in one."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest

from rapport.channels.contract import Address
from rapport.conversations import authoring, drafting, postponing, releasing
from rapport.conversations.authoring import Prepared
from rapport.conversations.drafting import ReplyContent
from rapport.conversations.models import Batch, Draft, Message
from rapport.conversations.tests.cast import DAN, fresh, kinds
from rapport.desk.tests.seated import HTMX, ana, at_desk, ben, cast
from rapport.events.models import Event
from rapport.kit import clock
from rapport.people import blocking

__all__ = ["ana", "ben", "cast"]

WORDS = "<p>Dear {{customer.first_name}}, we are late.</p>"
STEPS = [{"act": "tag", "value": "late"}, {"act": "status", "value": "waiting"}]


@pytest.fixture
def macro(cast):
    return authoring.create(Prepared("Late", WORDS, STEPS), by=cast.flora)


@pytest.fixture
def two(cast):
    return [cast.conversation(), cast.conversation("Roses?", sender=DAN, subject="Roses")]


def look(client, macro, chosen, **asked):
    answer = client.get("/inbox/words/", {"macro": macro.pk, "number": [one.pk for one in chosen], **asked})
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def agreed(page):
    (token,) = re.findall(r'name="agreed" value="([^"]+)"', page)
    return token


def press(client, page):
    answer = client.post("/inbox/words/", {"agreed": agreed(page)})
    assert answer.status_code == 302
    return answer["Location"]


def state(conversation):
    now = fresh(conversation)
    return now.status, sorted(now.tags.values_list("name", flat=True)), now.message_count


def test_what_is_shown_is_sent_once_and_one_undo_takes_all_of_it_back(cast, ana, macro, two):
    before = [state(one) for one in two]
    way = ana.post("/inbox/bulk/", {"act": "macro", "value_macro": macro.pk, "number": [one.pk for one in two]}, **HTMX)
    page = unescape(ana.get(way["HX-Redirect"]).content.decode())
    assert "2 conversations get the reply" in page
    assert "Dear Carla" in page
    assert "Dear Dan" in look(ana, macro, two, show=two[1].pk)
    assert not Message.objects.filter(kind="reply").exists()
    place = press(ana, page)
    assert press(ana, page) == place  # the same press again
    held = Message.objects.filter(state="held").order_by("pk")
    assert [(one.text.strip(), one.to[0]["email"]) for one in held] == [
        ("Dear Carla, we are late.", "carla@example.org"),
        ("Dear Dan, we are late.", "dan@example.net"),
    ]
    assert len({one.release_at for one in held}) == 1
    assert [state(one)[:2] for one in two] == [("waiting", ["late"])] * 2
    told = Event.objects.get(kind="macro.written").data["after"]
    assert (told["done"], told["left"], told["kind"]) == (2, 0, "reply")
    assert at_desk(cast.sam).post(f"{place}taking-back/").status_code == 404
    ana.post(f"{place}taking-back/")
    assert [state(one) for one in two] == before
    assert not Message.objects.filter(state="held").exists()
    assert not Draft.objects.exists()
    assert "Taken back in 2 conversations" in ana.get(place).content.decode()


def test_what_has_gone_out_stays_and_keeps_its_steps(cast, ana, macro, two):
    place = press(ana, look(ana, macro, two))
    first = Message.objects.filter(state="held").earliest("pk")
    assert releasing.release(postponing.postpone(first, until=None, by=cast.ana))
    ana.post(f"{place}taking-back/")
    assert [state(one)[1] for one in two] == [["late"], []]
    assert "1 had gone out already" in ana.get(place).content.decode()
    second = press(ana, look(ana, macro, two[1:]))
    assert releasing.release(postponing.postpone(Message.objects.get(state="held"), until=None, by=cast.ana))
    assert ana.post(f"{second}taking-back/").status_code == 409
    assert state(two[1])[1] == ["late"]


def begun(cast, conversation, by):
    return drafting.save_draft(conversation, by=by, content=ReplyContent(html="<p>Dear</p>"))


def begun_long_ago(cast, conversation):
    Draft.objects.filter(pk=begun(cast, conversation, cast.sam).pk).update(updated_at=clock.now() - timedelta(hours=1))


def asks_for_more(cast, conversation):
    conversation.customer.name = ""
    conversation.customer.save()


AGAINST = {
    "Nobody knows what belongs in {{customer.first_name}} here": asks_for_more,
    "It is in the spam": lambda cast, one: type(one).objects.filter(pk=one.pk).update(status="spam"),
    "Somebody else’s message waits there": lambda cast, one: cast.writes(
        "Hi", into=one, sender=Address("x@example.com", "X"), stranger=True
    ),
    "A reply of Sam Silva is about to go out": lambda cast, one: cast.holds(one, by=cast.sam, delay=timedelta(60)),
    "Sam Silva is writing there now": lambda cast, one: begun(cast, one, cast.sam),
    "Sam Silva has begun a reply there": begun_long_ago,
    "that stays as it is": lambda cast, one: begun(cast, one, cast.ana),
    "There is no address to reply to": lambda cast, one: one.participants.all().delete(),
    "Its inbox was removed": lambda cast, one: type(one).objects.filter(pk=one.pk).update(inbox=None),
    "carla@example.org is on the blocklist": lambda cast, one: blocking.block(
        "carla@example.org", reason="", by=cast.flora
    ),
}


@pytest.mark.parametrize("reason", AGAINST)
def test_who_is_left_out_is_told_with_the_reason_before_and_after(cast, ana, macro, two, reason):
    """Once in the preview, and, when it comes about between the look and the press, in the result."""
    early = look(ana, macro, two)
    AGAINST[reason](cast, two[0])
    page = look(ana, macro, two)
    assert ("1 conversation gets the reply" in page, reason in page) == (True, True)
    place = press(ana, early)
    result = unescape(ana.get(place).content.decode())
    assert reason in result
    assert Message.objects.filter(state="held", author=cast.ana).get().conversation_id == two[1].pk
    assert state(two[0])[1] == []
    AGAINST["that stays as it is"](cast, two[1])
    page = look(ana, macro, two)
    assert "Nothing was written." in ana.post("/inbox/words/", {"agreed": agreed(page)}, follow=True).content.decode()
    both = Batch.objects.latest("pk").left
    assert sorted(number for number, _why, _detail in both) == [one.pk for one in two], (
        "who was left out early is told too"
    )


def test_words_that_came_or_changed_after_the_look_are_not_written_past(cast, ana, macro, two):
    page = look(ana, macro, two)
    cast.writes("And my vase?", into=two[0])
    two[1].customer.name = "Dora Dorn"
    two[1].customer.save()
    result = unescape(ana.get(press(ana, page)).content.decode())
    assert "Carla Conti wrote after you looked" in result
    assert "have changed since you looked" in result
    assert not Message.objects.filter(kind="reply").exists()
    assert [state(one)[:2] for one in two] == [("open", []), ("open", [])]
    page = look(ana, macro, two)
    authoring.change(macro, Prepared("Late", "<p>Other words</p>"), by=cast.flora)
    assert ana.post("/inbox/words/", {"agreed": agreed(page)}).status_code == 409
    assert Batch.objects.count() == 1


def test_notes_are_held_and_taken_back_too_and_reach_nobody_outside(cast, ana, macro, two):
    page = look(ana, macro, two, **{"as": "note"})
    assert "2 conversations get the note" in page
    ana.post(f"{press(ana, page)}taking-back/")
    assert not Message.objects.filter(state__in=["held", "done"], kind="note").exists()
    press(ana, look(ana, macro, two, **{"as": "note"}))
    for one in Message.objects.filter(state="held"):
        assert releasing.release(postponing.postpone(one, until=None, by=cast.ana))
    assert [state(one)[:2] for one in two] == [("waiting", ["late"])] * 2
    assert Message.objects.filter(state="done", kind="note").count() == 2
    assert "message.noted" in kinds(two[0])
    assert not Message.objects.filter(kind="reply").exists()


def test_strangers_tokens_foreign_numbers_and_too_many_are_refused(cast, ana, ben, macro, two):
    token = agreed(look(ana, macro, two))
    for client, given, status in ((at_desk(cast.sam), token, 404), (ana, "made-up", 409), (ana, "", 409)):
        assert client.post("/inbox/words/", {"agreed": given}).status_code == status
    assert ben.get("/inbox/words/", {"macro": macro.pk, "number": [two[0].pk]}).status_code == 404
    many = [cast.conversation().pk for _ in range(3)]
    assert ana.post("/inbox/bulk/", {"act": "close", "number": [*many, *range(1, 300)]}).status_code == 413
    assert not Message.objects.filter(kind="reply").exists()


def test_the_preview_reads_as_much_for_many_as_for_few(cast, ana, macro, django_assert_max_num_queries):
    many = [cast.conversation(subject=f"No. {n}") for n in range(12)]
    look(ana, macro, many[:1])
    with django_assert_max_num_queries(40):
        look(ana, macro, many)
