"""First letters aside: kept as they are typed with what they are about, and never sent to the company itself."""

from __future__ import annotations

from rapport.conversations.models import Draft, Message
from rapport.desk.tests.seated import HTMX, ana, at_desk, cast

__all__ = ["ana", "cast"]

LETTER = {"to": "sven@supplier.example", "cc": "lager@supplier.example", "subject": "Delivery", "body": "When, Sven?"}


def test_a_first_letter_comes_back_with_its_subject_people_and_what_it_is_about(cast, ana):
    main = cast.conversation("Where are they?")
    address = f"/conversations/{main.pk}/sides/"
    forward = {"message": main.last_message_id, "forward": "yes"}
    assert 'data-keep="' in ana.get(f"{address}new/?message={main.last_message_id}&forward", **HTMX).content.decode()
    assert ana.post(f"{address}draft/", {**LETTER, **forward}, **HTMX).status_code == 204
    kept = ana.get(f"{address}new/", **HTMX).content.decode()
    for words in ("When, Sven?", 'value="Delivery"', "lager@supplier.example", 'name="forward"', "Where are they?"):
        assert words in kept, words
    # A letter about something else begins empty, and keeps nothing in the place of this one.
    other = ana.get(f"{address}new/?message={main.last_message_id}", **HTMX).content.decode()
    assert ("When, Sven?" in other, 'data-keep="' in other) == (False, False)
    ana.post(address, {**LETTER, "body": "Another", "message": main.last_message_id, "quote": "yes"})
    assert Draft.objects.get(kind="side").html == "<p>When, Sven?</p>"
    ana.post(address, {**LETTER, **forward})
    assert not Draft.objects.filter(kind="side").exists()


def test_a_letter_to_one_of_our_own_inboxes_is_refused_and_the_text_is_safe(cast, ana):
    main = cast.conversation()
    address = f"/conversations/{main.pk}/sides/"
    for name in ("to", "cc", "bcc"):
        refused = ana.post(address, {**LETTER, name: "Drivers+now@fleur.example"})
        assert (refused.status_code, b"one of your own inboxes" in refused.content) == (409, True), name
    assert not Message.objects.filter(kind="reply").exists()
    ana.post(address, LETTER)
    side = Message.objects.get(kind="reply").conversation_id
    again = ana.post(f"{address}{side}/messages/", {"to": "hello@fleur.example", "body": "x", "seen": 10**9})
    assert again.status_code == 409
    assert Message.objects.filter(kind="reply").count() == 1


def test_a_colleague_sees_what_was_begun_and_goes_on_with_it_in_the_drawer(cast, ana):
    main = cast.conversation("Where are they?")
    conversation, sam = f"/conversations/{main.pk}/", at_desk(cast.sam)
    for what, kind in (("sides", "side"), ("questions", "ask")):
        ana.post(f"{conversation}{what}/draft/", LETTER, **HTMX)
        panel = sam.get(conversation).content.decode()
        assert "Ana Adler has begun it" in panel
        assert "You have begun it" in ana.get(conversation).content.decode()
        assert (
            sam.get(f"{conversation}{what}/new/").content.decode().count('id="beside"') == 1
        )  # its forms answer there
        drawer = sam.get(f"{conversation}{what}/new/", **HTMX).content.decode()
        assert "Ana Adler is writing to sven@supplier.example" in drawer
        assert "is writing to" not in ana.get(f"{conversation}{what}/new/", **HTMX).content.decode()
        draft = Draft.objects.get(kind=kind)
        taken = sam.post(f"{conversation}{what}/drafts/{draft.pk}/taking/", **HTMX).content.decode()
        assert ("When, Sven?" in taken, 'value="sven@supplier.example"' in taken) == (True, True)
        assert Draft.objects.get(kind=kind).author == cast.sam
    sam.post(f"{conversation}sides/", LETTER)
    side = Message.objects.get(kind="reply").conversation_id
    ana.post(f"{conversation}sides/{side}/draft/", {"body": "One more thing", "to": "sven@supplier.example"}, **HTMX)
    assert "Ana Adler has begun a letter to them" in sam.get(conversation).content.decode()
    begun = Draft.objects.get(kind="reply")
    taken = sam.post(f"{conversation}sides/{side}/drafts/{begun.pk}/taking/", **HTMX).content.decode()
    assert "One more thing" in taken
    assert Draft.objects.get(kind="reply").author == cast.sam
