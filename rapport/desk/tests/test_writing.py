"""Replies and notes, over HTTP."""

from __future__ import annotations

import json

from rapport.conversations.models import Draft, Message
from rapport.conversations.tests.cast import fresh
from rapport.desk.tests.seated import HTMX, ana, at_desk, ben, cast

__all__ = ["ana", "ben", "cast"]


def reply(client, conversation, *, seen=None, body="On their way.", **form):
    seen = fresh(conversation).last_message_id if seen is None else seen
    address = f"/conversations/{conversation.pk}/replies/"
    return client.post(address, {"body": body, "seen": seen, **form}, **HTMX)


def replies():
    return Message.objects.filter(kind="reply")


def test_a_reply_is_held_and_can_be_taken_back(cast, ana):
    conversation = cast.conversation()
    done = json.loads(reply(ana, conversation)["HX-Trigger"])["rapport:done"]
    assert replies().get().state == "held"
    ana.post(done["undo"], **HTMX)
    assert replies().get().state == "cancelled"
    assert "On their way." in Draft.objects.get().html


def test_only_its_author_takes_a_reply_back(cast, ana):
    conversation = cast.conversation()
    done = json.loads(reply(ana, conversation)["HX-Trigger"])["rapport:done"]
    assert at_desk(cast.sam).post(done["undo"], **HTMX).status_code == 403
    assert replies().get().state == "held"


def test_a_reply_is_refused_when_somebody_wrote_meanwhile_and_shows_what_came(cast, ana):
    conversation = cast.conversation()
    seen = fresh(conversation).last_message_id
    newer = cast.writes("Wait, only pink ones!", into=conversation)
    answer = reply(ana, conversation, seen=seen)
    page = answer.content.decode()
    assert (answer.status_code, answer["HX-Retarget"], replies().count()) == (409, "#answered", 0)
    assert "only pink ones" in page
    assert f'value="{newer.pk}"' in page


def test_after_reading_what_came_the_same_reply_goes(cast, ana):
    conversation = cast.conversation()
    newer = cast.writes("Wait, only pink ones!", into=conversation)
    assert reply(ana, conversation, seen=newer.pk).status_code == 204
    assert replies().count() == 1


def test_plain_text_becomes_paragraphs_and_never_markup(cast, ana):
    reply(ana, cast.conversation(), body="Dear <b>Carla</b>,\n\nsee you.\nAna")
    assert replies().get().html == "<p>Dear &lt;b&gt;Carla&lt;/b&gt;,</p><p>see you.<br>Ana</p>"


def test_rich_text_keeps_its_shape_and_loses_its_scripts(cast, ana):
    reply(ana, cast.conversation(), body="<p>So <strong>sorry</strong><script>x</script></p>", format="html")
    assert replies().get().html == "<p>So <strong>sorry</strong></p>"


def test_copies_go_where_they_are_written(cast, ana):
    reply(ana, cast.conversation(), to="Carla <carla@example.org>", cc="bo@example.org; ida@example.org")
    assert [one["email"] for one in replies().get().cc] == ["bo@example.org", "ida@example.org"]


def test_an_address_that_is_none_is_refused_with_a_sentence(cast, ana):
    answer = reply(ana, cast.conversation(), to="carla at example")
    assert answer.status_code == 400
    assert "carla at example" in json.loads(answer["HX-Trigger"])["rapport:refused"]["sentence"]


def test_an_empty_reply_is_refused(cast, ana):
    assert reply(ana, cast.conversation(), body=" ").status_code == 400


def test_nobody_replies_where_they_may_not_look(cast, ana, ben):
    conversation = cast.conversation()
    assert reply(ben, conversation).status_code == 404
    assert reply(ana, conversation).status_code == 204
    assert replies().count() == 1


def test_a_note_stays_inside_and_tells_who_was_ticked(cast, ana):
    conversation = cast.conversation()
    ana.post(f"/conversations/{conversation.pk}/notes/", {"body": "Gate 3", "mention": cast.kim.pk})
    assert Message.objects.get(kind="note").text.strip() == "Gate 3"
    assert at_desk(cast.kim).get(f"/conversations/{conversation.pk}/").status_code == 200


def test_without_javascript_a_reply_ends_on_the_conversation(cast, ana):
    conversation = cast.conversation()
    form = {"body": "Yes.", "seen": fresh(conversation).last_message_id}
    answer = ana.post(f"/conversations/{conversation.pk}/replies/", form, follow=True)
    assert answer.redirect_chain == [(f"/conversations/{conversation.pk}/", 302)]
    assert b"Undo send" in answer.content


def test_a_colleague_sees_what_one_has_begun_and_goes_on_with_it(cast, ana):
    conversation = cast.conversation()
    ana.post(f"/conversations/{conversation.pk}/draft/", {"body": "Dear <i>Carla</i>", "kind": "reply"})
    ana.post(f"/conversations/{conversation.pk}/draft/", {"body": "Psst", "kind": "note"})
    sam, draft = at_desk(cast.sam), Draft.objects.get(kind="reply")
    page = sam.get(f"/conversations/{conversation.pk}/").content.decode()
    assert "Ana Adler has begun a reply" in page
    assert "Dear &lt;i&gt;Carla" in page
    assert "Psst" not in page
    assert sam.post(f"/conversations/{conversation.pk}/drafts/{draft.pk}/taking/", **HTMX).status_code == 204
    page = ana.get(f"/conversations/{conversation.pk}/").content.decode()
    assert "Sam Silva has begun a reply" in page
