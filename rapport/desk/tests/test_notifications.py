"""The bell and the rules, over HTTP."""

from __future__ import annotations

import re

import pytest

from rapport.conversations import assigning, noting
from rapport.conversations.tests.cast import Cast
from rapport.desk.tests.seated import ana, cast
from rapport.notifications import listing, ruling
from rapport.notifications.topics import By, Topic, Wish
from rapport.reactions import running

__all__ = ["ana", "cast"]


@pytest.fixture
def mentioned(cast: Cast):
    """A note of Sam's in a conversation of Ana's mentions her."""
    conversation = assigning.assign(cast.conversation(subject="<b>Tulips</b>"), to=cast.ana, by=cast.ana)
    running.run_due()
    noting.note(conversation, by=cast.sam, html="Ana?", mentions=[cast.ana])
    running.run_due()
    return conversation


def test_the_bell_counts_says_why_and_leads_to_its_rule(cast, ana, mentioned):
    assert ana.get("/notifications/count/").json() == {"number": "1", "words": "Notifications, 1 unread"}
    panel = ana.get("/notifications/panel/").content.decode()
    assert "Sam Silva mentioned you in “&lt;b&gt;Tulips&lt;/b&gt;”" in panel
    assert "because a colleague mentioned you" in panel
    assert '"/account/notifications/mentioned/"' in panel
    assert 'aria-label="Notifications, 1 unread"' in ana.get("/account/").content.decode()
    assert listing.unread_count(cast.ana) == 1  # looking marks nothing


def test_opening_the_conversation_marks_its_news_and_no_other(cast, ana, mentioned):
    other = assigning.assign(cast.conversation(), to=cast.ana, by=cast.sam)
    running.run_due()
    ana.post(f"/conversations/{mentioned.pk}/read/", {"up_to": 1})
    assert ana.get("/notifications/count/").json()["number"] == "1"
    ana.post("/notifications/seen/", {"number": [*range(10**6, 10**6 + 150), other.pk]})
    assert ana.get("/notifications/count/").json()["number"] == ""


def test_all_that_was_shown_is_marked_at_once(cast, ana, mentioned):
    up_to = re.search(r'name="up_to" value="(\d+)"', ana.get("/notifications/").content.decode())
    assert up_to is not None
    assert ana.post("/notifications/seen/", {"up_to": up_to[1]}).status_code == 302
    assert listing.unread_count(cast.ana) == 0


def test_a_rule_is_changed_alone_and_in_the_matrix(cast, ana):
    ana.post("/account/notifications/note/", {"mail_note": "digest"})
    assert ruling.wishes_of(cast.ana)[Topic.NOTE] == Wish(bell=False, mail=By.DIGEST)
    assert len(ruling.wishes([cast.ana.pk])) == 1
    page = ana.get("/account/notifications/").content.decode()
    boxes = re.findall(r'name="bell_(\w+)"( checked)?>', page)
    assert [topic for topic, is_on in boxes if not is_on] == ["note"]
    assert len(boxes) == len(Topic)
    sent = {f"bell_{topic.value}": "on" for topic in Topic} | {"mail_mentioned": "now", "save": "rules"}
    ana.post("/account/notifications/", sent)
    assert set(ruling.wishes_of(cast.ana).values()) == {Wish(bell=True, mail=By.NEVER), Wish(bell=True, mail=By.NOW)}


@pytest.mark.parametrize(
    "sent", [{"quiet_from": "22:00"}, {"quiet_from": "25:00", "quiet_until": "x"}, {"digest_hour": "24"}]
)
def test_hours_that_make_no_sense_are_told_and_change_nothing(cast, ana, sent):
    response = ana.post("/account/notifications/", {"digest_hour": "8", **sent, "save": "hours"})
    assert response.status_code == 400
    assert "field__error" in response.content.decode() or "need a beginning and an end" in response.content.decode()
    assert ruling.habits_of(cast.ana).quiet_from is None


def test_hours_are_kept_as_they_were_said(cast, ana):
    hours = {"quiet_from": "22:00", "quiet_until": "07:30", "quiet_weekend": "on", "digest_hour": "17", "save": "hours"}
    assert ana.post("/account/notifications/", hours).status_code == 302
    page = ana.get("/account/notifications/").content.decode()
    assert 'value="22:00"' in page
    assert 'value="07:30"' in page
    assert '<option value="17" selected>' in page


def test_a_mention_in_the_words_of_a_note_is_as_good_as_a_tick(cast, ana):
    conversation = cast.conversation()
    named = f'<p><span data-mention="person:{cast.kim.pk}">@Kim</span> and {{}}?</p>'
    words = named.format(f'<span data-mention="team:{cast.drivers.pk}" onclick="x">@Drivers</span>')
    page = ana.get(f"/conversations/{conversation.pk}/").content.decode()
    assert f'name="mention_team" value="{cast.drivers.pk}" data-mentionable="team:{cast.drivers.pk}"' in page
    assert f'data-mentionable="person:{cast.eva.pk}"' not in page  # who left is offered to nobody
    ana.post(f"/conversations/{conversation.pk}/notes/", {"body": words, "format": "html"})
    running.run_due()
    assert [one.said for one in listing.newest(cast.kim)[0]] == ["mentioned"]
    assert [one.said for one in listing.newest(cast.ben)[0]] == ["team_mentioned"]
    shown = ana.get(f"/conversations/{conversation.pk}/").content.decode()
    assert f'<span data-mention="team:{cast.drivers.pk}">@Drivers</span>' in shown
    assert "onclick" not in shown.split('id="timeline"')[1].split('class="composer"')[0]
