"""Replies and notes, over HTTP."""

from __future__ import annotations

import json

from rapport.conversations import releasing, replying
from rapport.conversations.models import Draft, Message
from rapport.conversations.tests.cast import fresh
from rapport.desk.conversation.forms import MOST_FILES
from rapport.desk.tests.seated import HTMX, ana, at_desk, ben, cast
from rapport.kit import clock
from rapport.outbox import composing, queueing
from rapport.people import installing

__all__ = ["ana", "ben", "cast"]


def reply(client, conversation, *, seen=None, body="On their way.", **form):
    seen = fresh(conversation).last_message_id if seen is None else seen
    address = f"/conversations/{conversation.pk}/replies/"
    return client.post(address, {"body": body, "seen": seen, **form}, **HTMX)


PNG = b"\x89PNG\r\n\x1a\n and so on"


def release(message):
    Message.objects.filter(pk=message.pk).update(release_at=clock.now())
    assert releasing.release(Message.objects.get(pk=message.pk))


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


def test_a_page_overwrites_no_words_that_came_back_and_that_it_does_not_show(cast, ana):
    conversation = cast.conversation()
    draft, kept = f"/conversations/{conversation.pk}/draft/", Draft.objects.filter(kind="reply")
    replying.cancel(cast.holds(conversation, "Roses, then."), by=cast.ana)
    assert ana.post(draft, {"kind": "reply", "body": "Tulips"}).status_code == 409
    emptied = ana.post(draft, {"kind": "reply", "body": ""})
    assert (emptied.status_code, "X-Kept" in emptied) == (204, False)
    assert reply(ana, conversation, body="Tulips").status_code == 204
    assert kept.get().html == "<p>Roses, then.</p>"
    page = ana.get(f"/conversations/{conversation.pk}/").content.decode()
    assert ('name="refills" value="1"' in page, 'data-kept="Draft kept"' in page) == (True, True)
    both = ana.post(draft, {"kind": "reply", "body": "Both", "refills": 1})
    assert (both.status_code, "X-Kept" in both) == (204, True)
    assert kept.get().html == "<p>Both</p>"
    reply(ana, conversation, body="Both", refills=1)
    assert not kept.exists()


def test_more_files_than_a_message_carries_are_refused_and_none_is_dropped(cast, ana):
    answer = reply(ana, cast.conversation(), attachment=list(range(1, MOST_FILES + 2)))
    assert (answer.status_code, replies().count()) == (413, 0)
    assert "51" in json.loads(answer["HX-Trigger"])["rapport:refused"]["sentence"]


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


def test_a_chosen_time_is_said_and_the_list_offers_now_another_time_and_taking_back(cast, ana):
    conversation = cast.conversation()
    answer = reply(ana, conversation, at="own", own_at="2999-01-01T10:00")
    assert "1 Jan 2999 10:00" in json.loads(answer["HX-Trigger"])["rapport:done"]["toast"]
    held = replies().get()
    page = ana.get("/later/").content.decode()
    assert (f"#m-{held.pk}" in page, f"/messages/{held.pk}/time/" in page) == (True, True)
    assert ana.post(f"/messages/{held.pk}/time/", {"at": "2999-01-02T10:00"}, **HTMX).status_code == 204
    assert replies().get().release_at.day == 2
    assert ana.post(f"/messages/{held.pk}/time/", {"at": "soon"}, **HTMX).status_code == 400
    ana.post(f"/messages/{held.pk}/time/", **HTMX)
    assert not replies().filter(release_at__gt=clock.now()).exists()


def test_a_time_that_is_none_or_over_sends_nothing(cast, ana):
    conversation = cast.conversation()
    for at in ({"at": "own"}, {"at": "tomorrow"}, {"at": "2001-01-01T10:00"}, {"snoozed": "2001-01-01T10:00"}):
        assert reply(ana, conversation, **at).status_code == 400
    assert not replies().exists()


def test_send_and_snooze_puts_it_away_once_the_reply_is_out(cast, ana):
    conversation = cast.conversation()
    reply(ana, conversation, snoozed="morning")
    release(replies().get())
    after = fresh(conversation)
    assert (after.status, after.snoozed_until is not None) == ("snoozed", True)


def test_undo_time_is_the_authors_else_the_companys(cast, ana):
    conversation = cast.conversation()
    installing.set_undo_time(seconds=25, by=cast.flora)
    reply(ana, conversation)
    assert ana.post("/account/writing/", {"undo_seconds": "0", "single_keys": ""}).status_code == 302
    done = json.loads(reply(ana, conversation, seen=10**9)["HX-Trigger"])["rapport:done"]
    waits = [(one.release_at - one.at).seconds for one in replies().order_by("pk")]
    assert (waits, "undo" in done) == ([25, 0], False)
    assert 'data-single-keys="off"' in ana.get("/inbox/").content.decode()
    assert ana.post("/account/writing/", {"undo_seconds": "61"}).status_code == 400


def test_times_to_send_at_know_the_customers_morning(cast, ana):
    cast.carla.phone = "+81312345678"
    cast.carla.save()
    page = ana.get(f"/conversations/{cast.conversation().pk}/send-times/", **HTMX).content.decode()
    assert "09:00 in Asia/Tokyo" in page


def test_a_text_too_long_is_refused_whole_and_the_draft_stays_as_it_was(cast, ana):
    conversation = cast.conversation()
    address = f"/conversations/{conversation.pk}/draft/"
    ana.post(address, {"body": "Dear Carla"}, **HTMX)
    for path in (address, f"/conversations/{conversation.pk}/replies/"):
        answer = ana.post(path, {"body": "x" * 400_001, "seen": 10**9}, **HTMX)
        assert (answer.status_code, "400,001" in answer["HX-Trigger"]) == (413, True)
    assert "Dear Carla" in Draft.objects.get().html


def test_a_picture_goes_out_and_comes_back_by_its_content_id(cast, ana):
    conversation = cast.conversation()
    sent = ana.post("/uploads/?name=rose.png&inline=1", PNG, content_type="image/png").json()
    again = ana.post("/uploads/?name=rose.png&inline=1", PNG, content_type="image/png").json()
    assert (sent["cid"], sent["id"]) == (again["cid"], again["id"] - 1)
    words = {"body": f'<p>Look</p><img src="cid:{sent["cid"]}">', "format": "html", "attachment": sent["id"]}
    ana.post(f"/conversations/{conversation.pk}/draft/", words, **HTMX)
    page = ana.get(f"/conversations/{conversation.pk}/composer/", **HTMX).content.decode()
    assert sent["cid"] in page
    assert 'class="upload is-done"' not in page
    assert reply(ana, conversation, **words).status_code == 204
    release(replies().get())
    queued = queueing.queue_message(replies().get())
    assert queued is not None
    outgoing = composing.compose(queued)
    assert f"cid:{sent['cid']}" in outgoing.html
    assert [(one.cid, one.inline, one.content) for one in outgoing.attachments] == [(sent["cid"], True, PNG)]
    shown = ana.get(f"/conversations/{conversation.pk}/", **HTMX).content.decode()
    assert f"/files/{sent['id']}/" in shown
    assert 'class="attachment"' not in shown


def test_what_is_no_picture_does_not_stand_in_a_text(cast, ana):
    answer = ana.post("/uploads/?name=x.svg&inline=1", b"<svg/>", content_type="image/svg+xml")
    assert (answer.status_code, answer.json()["code"]) == (400, "no_picture")
