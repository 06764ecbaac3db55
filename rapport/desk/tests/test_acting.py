"""Every act on a conversation, over HTTP: it happens, it is refused to others, it answers both kinds of browsers."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from rapport.conversations import following, merging
from rapport.conversations.models import Draft, Involvement, Message
from rapport.conversations.tests.cast import DAN, fresh
from rapport.desk.tests.seated import HTMX, ana, at_desk, ben, cast
from rapport.outbox import queueing
from rapport.outbox.models import Delivery

__all__ = ["ana", "ben", "cast"]
LATER = (timezone.now() + timedelta(days=1)).isoformat()
ACTS = [
    ("closure/", {}, "status", "closed"),
    ("closure/", {"wait": "yes"}, "status", "waiting"),
    ("snooze/", {"until": LATER}, "status", "snoozed"),
    ("spam/", {"spam": "yes"}, "status", "spam"),
    ("priority/", {"priority": "3"}, "priority", 3),
    ("stage/", {"stage": "after"}, "stage", "after"),
    ("subject/change/", {"subject": "Better words"}, "subject", "Better words"),
]


def said(response):
    return json.loads(response["HX-Trigger"])


@pytest.mark.parametrize(("path", "form", "column", "value"), ACTS)
def test_an_act_changes_the_conversation(cast, ana, path, form, column, value):
    conversation = cast.conversation()
    response = ana.post(f"/conversations/{conversation.pk}/{path}", form)
    assert response["Location"] == f"/conversations/{conversation.pk}/"
    assert getattr(fresh(conversation), column) == value


@pytest.mark.parametrize(("path", "form", "column", "value"), ACTS)
def test_an_act_is_refused_to_who_may_not_see_it(cast, ben, path, form, column, value):
    conversation = cast.conversation()
    assert ben.post(f"/conversations/{conversation.pk}/{path}", form).status_code == 404
    assert getattr(fresh(conversation), column) != value


@pytest.mark.parametrize(("path", "form", "column", "value"), ACTS)
def test_an_act_needs_the_token_of_the_page(cast, path, form, column, value):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(cast.ana, backend="rapport.desk.staying.Accounts")
    conversation = cast.conversation()
    assert browser.post(f"/conversations/{conversation.pk}/{path}", form).status_code == 403
    assert getattr(fresh(conversation), column) != value


def test_a_colleague_without_the_right_is_told_so(cast, ana):
    conversation = cast.conversation()
    ana.post(f"/conversations/{conversation.pk}/notes/", {"body": "Kim?", "mention": cast.kim.pk})
    response = at_desk(cast.kim).post(f"/conversations/{conversation.pk}/closure/", **HTMX)
    assert response.status_code == 403
    assert "sentence" in said(response)["rapport:refused"]
    assert fresh(conversation).status == "open"


def test_htmx_hears_what_happened(cast, ana):
    conversation = cast.conversation()
    response = ana.post(f"/conversations/{conversation.pk}/closure/", **HTMX)
    assert response.status_code == 204
    assert said(response)["rapport:done"] == {"toast": "Closed", "conversation": conversation.pk}


@pytest.mark.parametrize("until", ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00"])
def test_a_moment_beyond_all_years_is_refused(cast, ana, until):
    number = cast.conversation().pk
    assert ana.post(f"/conversations/{number}/snooze/", {"until": until}, **HTMX).status_code == 400


def test_closed_opens_again_by_delete(cast, ana):
    conversation = cast.conversation()
    ana.post(f"/conversations/{conversation.pk}/closure/")
    ana.delete(f"/conversations/{conversation.pk}/closure/")
    assert fresh(conversation).status == "open"


def test_it_can_be_assigned_and_given_back(cast, ana):
    conversation = cast.conversation()
    ana.post(f"/conversations/{conversation.pk}/assignment/", {"to": cast.sam.pk})
    assert fresh(conversation).assignee == cast.sam
    ana.post(f"/conversations/{conversation.pk}/assignment/", {"to": ""})
    assert fresh(conversation).assignee is None


def test_it_can_be_handed_to_a_team_and_tagged(cast, ana):
    conversation = cast.conversation()
    ana.post(f"/conversations/{conversation.pk}/tags/", {"add": "VIP"})
    ana.post(f"/conversations/{conversation.pk}/team/", {"team": cast.drivers.pk})
    assert fresh(conversation).team == cast.drivers
    assert [tag.name for tag in fresh(conversation).tags.all()] == ["VIP"]


def test_two_become_one_and_two_again(cast, ana):
    one, other = cast.conversation(), cast.conversation("The same")
    ana.post(f"/conversations/{one.pk}/merge/into/", {"into": f"#{other.pk}"})
    assert fresh(one).merged_into == other
    ana.post(f"/conversations/{one.pk}/merge/undo/")
    assert fresh(one).merged_into is None


def test_nothing_is_merged_into_what_one_may_not_see(cast, ana):
    mine, theirs = cast.conversation(), cast.conversation(inbox=cast.drivers_inbox)
    assert ana.post(f"/conversations/{mine.pk}/merge/into/", {"into": theirs.pk}).status_code == 404
    assert fresh(mine).merged_into is None


def test_a_merged_conversation_says_where_it_went(cast, ana):
    one, other = cast.conversation(), cast.conversation("The same")
    merging.merge(one, into=other, by=cast.ana)
    assert f'href="/conversations/{other.pk}/"' in ana.get(f"/conversations/{one.pk}/").content.decode()


def split_off(client, message):
    return client.post(f"/conversations/{message.conversation_id}/split/", {"message": message.pk})


def test_a_message_moves_to_a_conversation_of_its_own(cast, ana, ben):
    conversation = cast.conversation()
    second = cast.writes("Something else", into=conversation)
    assert split_off(ben, second).status_code == 404
    assert (
        f'value="{second.pk}" checked'
        in ana.get(f"/conversations/{conversation.pk}/split/?from={second.pk}").content.decode()
    )
    split_off(ana, second)
    assert Message.objects.get(pk=second.pk).conversation_id != conversation.pk


def test_what_was_split_off_can_be_put_back(cast, ana):
    conversation = cast.conversation()
    second = cast.writes("Something else", into=conversation)
    split_off(ana, second)
    ana.post(f"/conversations/{Message.objects.get(pk=second.pk).conversation_id}/split/undo/")
    assert Message.objects.get(pk=second.pk).conversation_id == conversation.pk


def test_a_guest_of_the_split_part_alone_cannot_put_it_back_where_they_may_not_look(cast, ana, ben):
    conversation = cast.conversation()
    second = cast.writes("Something else", into=conversation)
    split_off(ana, second)
    part = Message.objects.get(pk=second.pk).conversation
    following.involve(part, account=cast.ben, reason=Involvement.Reason.ASKED)
    assert ben.get(f"/conversations/{part.pk}/").status_code == 200
    assert ben.post(f"/conversations/{part.pk}/split/undo/").status_code == 404
    assert Message.objects.get(pk=second.pk).conversation_id == part.pk


def test_read_becomes_unread_again_on_wish(cast, ana):
    conversation = cast.conversation()
    ana.post(f"/conversations/{conversation.pk}/read/", {"up_to": conversation.last_message_id})
    assert b"is-unread" not in ana.get("/inbox/?view=open").content
    ana.post(f"/conversations/{conversation.pk}/read/", {"unread": "yes"})
    assert b"is-unread" in ana.get("/inbox/?view=open").content


def test_a_stranger_is_let_in_by_who_may(cast, ana, ben):
    conversation = cast.conversation()
    stranger = cast.writes("Me too", into=conversation, sender=DAN, stranger=True)
    assert ben.post(f"/messages/{stranger.pk}/admission/").status_code == 404
    ana.post(f"/messages/{stranger.pk}/admission/")
    assert Message.objects.get(pk=stranger.pk).state == "done"


def written_in(client, conversation):
    """What stands in the field for a reply."""
    page = client.get(f"/conversations/{conversation.pk}/").content.decode()
    return page.partition('id="reply-body"')[2].partition("</textarea>")[0]


def test_a_draft_stands_in_its_authors_field_only(cast, ana):
    conversation = cast.conversation()
    ana.post(f"/conversations/{conversation.pk}/draft/", {"kind": "reply", "body": "Half a sent"})
    assert "Half a sent" in written_in(ana, conversation)
    assert "Half a sent" not in written_in(at_desk(cast.sam), conversation)


def test_an_emptied_draft_is_forgotten(cast, ana):
    conversation = cast.conversation()
    ana.post(f"/conversations/{conversation.pk}/draft/", {"kind": "note", "body": "Half"})
    ana.post(f"/conversations/{conversation.pk}/draft/", {"kind": "note", "body": " "})
    assert not Draft.objects.exists()


def test_a_failed_delivery_is_tried_again_by_who_may(cast, ana, ben):
    conversation = cast.conversation()
    delivery = queueing.queue_message(cast.replies(conversation))
    assert delivery is not None
    Delivery.objects.update(state="failed", last_answer="550 no such user")
    assert b"550 no such user" in ana.get(f"/conversations/{conversation.pk}/").content
    assert ben.post(f"/messages/{delivery.message_id}/delivery/").status_code == 404
    ana.post(f"/messages/{delivery.message_id}/delivery/")
    assert Delivery.objects.get(pk=delivery.pk).state == "queued"


def test_a_closed_problem_offers_to_tell_and_close_its_incidents(cast, ana):
    problem, case, done_one = (cast.conversation(words) for words in ("Cold store", "Wilted", "Wilted too"))
    for one in (case, done_one):
        ana.post(f"/conversations/{problem.pk}/links/", {"to": one.pk, "role": "incident"})
    for one in (problem, done_one):
        ana.post(f"/conversations/{one.pk}/closure/")
    page = ana.get(f"/conversations/{problem.pk}/").content.decode()
    assert "1 incident of it is still open" in page
    assert f'<input type="hidden" name="number" value="{case.pk}">' in page
    told = f"/conversations/{problem.pk}/incidents/"
    seen = fresh(case).last_message_id
    assert ana.post(told, {"number": [case.pk], "body": "  ", "seen": seen}).status_code == 400
    long = ana.post(told, {"number": [case.pk], "body": "x" * 100_001, "seen": seen})
    assert (long.status_code, Message.objects.filter(kind="reply").count()) == (400, 0)
    assert "x" * 100_001 in long.content.decode()
    cast.writes("Still wilted", into=fresh(case))
    refused = ana.post(told, {"number": [case.pk], "body": "We mended it", "seen": seen})
    assert "We mended it" in refused.content.decode()
    ana.post(told, {"number": [case.pk], "body": "We mended it", "seen": 10**9, "then": "closed"})
    held = Message.objects.get(kind="reply")
    assert (held.conversation_id, held.state, held.close_after) == (case.pk, "held", "closed")
