"""Files, originals and frames: who gets them, and how they are kept from doing anything."""

from __future__ import annotations

import dataclasses

import pytest
from django.test import Client

from rapport.conversations.models import Message
from rapport.conversations.tests.cast import attachment, make_cast
from rapport.desk.files.views import disposition
from rapport.desk.tests.seated import ana, at_desk, ben, cast
from rapport.files.access import signed_path
from rapport.files.models import Attachment
from rapport.files.storing import write_blob
from rapport.people import changing

__all__ = ["ana", "ben", "cast", "make_cast"]


@pytest.fixture
def photo(cast):
    cast.conversation(attachments=[attachment()])
    return Attachment.objects.get()


def test_a_file_comes_as_a_download_that_can_do_nothing(cast, ana, photo):
    answer = ana.get(signed_path(photo, viewer=cast.ana.pk))
    assert b"".join(answer.streaming_content) == b"petals"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["Content-Type"] == "application/octet-stream"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_signed_address_serves_its_viewer_only(cast, ana, photo):
    address = signed_path(photo, viewer=cast.ana.pk)
    assert ana.get(address).status_code == 200
    assert at_desk(cast.sam).get(address).status_code == 404


def test_an_address_signed_for_somebody_who_may_not_see_the_conversation_is_refused(cast, ana, ben, photo):
    assert ana.get(signed_path(photo, viewer=cast.ana.pk)).status_code == 200
    assert ben.get(signed_path(photo, viewer=cast.ben.pk)).status_code == 404


def test_who_left_gets_nothing_by_an_old_address(cast, ana, photo):
    address = signed_path(photo, viewer=cast.ana.pk)
    assert ana.get(address).status_code == 200
    changing.end(cast.ana, by=cast.flora)
    assert ana.get(address).status_code == 302


@pytest.mark.parametrize(("mime", "shown"), [("image/jpeg", True), ("image/svg+xml", False), ("text/html", False)])
def test_only_plain_pictures_are_shown_in_the_page(cast, ana, photo, mime, shown):
    Attachment.objects.update(mime=mime)
    answer = ana.get(signed_path(photo, viewer=cast.ana.pk) + "?inline=1")
    assert answer["Content-Disposition"].startswith("inline" if shown else "attachment")
    assert answer["Content-Type"] == ("image/webp" if shown else "application/octet-stream")
    assert "sandbox" in answer["Content-Security-Policy"]


@pytest.mark.parametrize("name", ['a"b.pdf', "a\r\nX-Evil: 1.pdf", "../../etc/passwd", "\u202egpj.exe", "é.pdf"])
def test_no_file_name_adds_a_header_or_leaves_its_quotes(name):
    header = disposition(name, inline=False)
    assert "\r" not in header
    assert "\n" not in header
    assert header.count('"') == 2
    assert header.isascii()


def test_the_original_is_handed_out_byte_for_byte(cast, ana, ben):
    message = cast.writes()
    Message.objects.filter(pk=message.pk).update(raw_sha256=write_blob(b"From: x\r\n\r\nraw"))
    answer = ana.get(f"/messages/{message.pk}/original/")
    assert b"".join(answer.streaming_content) == b"From: x\r\n\r\nraw"
    assert answer["Content-Disposition"] == f'attachment; filename="message-{message.pk}.eml"'
    assert ben.get(f"/messages/{message.pk}/original/").status_code == 404


HTML = (
    '<table><tr><td>Hi</td></tr></table><img data-remote-src="https://tracker.example/x.png"><script>alert(1)</script>'
)


def test_the_frame_runs_nothing_and_loads_nothing_from_elsewhere(cast, ana, ben):
    message = cast.writes(html=HTML)
    answer = ana.get(f"/messages/{message.pk}/frame/")
    policy, page = answer["Content-Security-Policy"], answer.content.decode()
    assert "script-src 'none'" in policy
    assert "https:" not in policy
    assert "<script" not in page
    assert ' src="https://tracker' not in page
    assert ben.get(f"/messages/{message.pk}/frame/").status_code == 404


def test_pictures_from_the_web_load_once_they_are_asked_for(cast, ana):
    message = cast.writes(html=HTML)
    answer = ana.get(f"/messages/{message.pk}/frame/?images=1")
    assert 'src="https://tracker.example/x.png"' in answer.content.decode()
    assert "img-src 'self' data: https:" in answer["Content-Security-Policy"]


def upload(client, data=b"petals", name="rose.jpg"):
    return client.generic("POST", f"/uploads/?name={name}", data, content_type="image/jpeg")


def test_an_upload_goes_out_with_the_reply_of_its_author(cast, ana):
    conversation = cast.conversation()
    made = upload(ana).json()
    form = {"body": "See here", "seen": conversation.last_message_id, "attachment": made["id"]}
    ana.post(f"/conversations/{conversation.pk}/replies/", form)
    assert Attachment.objects.get().message_id == Message.objects.get(kind="reply").pk


def test_nobody_sends_or_reads_the_upload_of_somebody_else(cast, ana):
    conversation, made = cast.conversation(), upload(ana).json()
    sam = at_desk(cast.sam)
    form = {"body": "See here", "seen": conversation.last_message_id, "attachment": made["id"]}
    assert sam.post(f"/conversations/{conversation.pk}/replies/", form).status_code == 409
    assert sam.get(signed_path(Attachment.objects.get(), viewer=cast.sam.pk)).status_code == 404
    assert ana.get(signed_path(Attachment.objects.get(), viewer=cast.ana.pk)).status_code == 200


def test_an_upload_over_the_limit_is_refused_with_a_sentence(cast, ana, monkeypatch):
    monkeypatch.setattr("rapport.desk.uploads.views.most_bytes", lambda: 3)
    answer = upload(ana)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_big")
    assert not Attachment.objects.exists()


def test_an_empty_upload_is_refused(cast, ana):
    assert upload(ana, b"").status_code == 400


@pytest.fixture
def files_host(settings):
    """Customers' files have a host of their own, which no cookie reaches."""
    environment = dataclasses.replace(settings.ENVIRONMENT, files_url="https://files.fleur.example")
    settings.ENVIRONMENT = environment
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "files.fleur.example"]
    return Client(headers={"host": "files.fleur.example"})


def path_on_host(photo, account):
    address = signed_path(photo, viewer=account.pk)
    assert address.startswith("https://files.fleur.example/files/")
    return address.removeprefix("https://files.fleur.example")


def test_the_files_host_serves_by_the_token_alone(cast, photo, files_host):
    path = path_on_host(photo, cast.ana)
    assert files_host.get(path).status_code == 200
    assert files_host.get(path.replace(f"/{cast.ana.pk}.", f"/{cast.sam.pk}.")).status_code == 404


def test_the_files_host_asks_again_whether_the_viewer_may_read(cast, photo, files_host):
    path = path_on_host(photo, cast.ana)
    changing.end(cast.ana, by=cast.flora)
    assert files_host.get(path).status_code == 404


def test_the_files_host_serves_nothing_but_files(cast, photo, files_host):
    assert {files_host.get(path).status_code for path in ("/", "/inbox/", "/accounts/login/", "/health/")} == {404}


def test_a_visitor_without_a_session_gets_no_file_on_the_desks_own_host(cast, photo):
    assert Client().get(signed_path(photo, viewer=cast.ana.pk)).status_code == 302
