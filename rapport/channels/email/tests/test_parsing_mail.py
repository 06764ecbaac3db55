"""One message in, one `Inbound` out."""

import base64

import pytest

from rapport.channels.email.parsing import mail
from rapport.channels.email.parsing.limits import Limits
from rapport.channels.email.parsing.mail import parse_mail
from rapport.channels.email.parsing.report import mail_as_json

ROSES = b"From: Rosa <rosa@garden.example>\nTo: help@florist.example\nSubject: Roses\nMessage-ID: <r1@garden.example>\n"
DATED = ROSES + b"Date: Mon, 2 Nov 2026 10:00:00 +0100\n"


def test_a_plain_mail_is_read_whole():
    inbound = parse_mail(DATED + b"\nRed ones, please.\n")
    assert inbound.sender is not None
    assert (inbound.sender.email, inbound.sender.name) == ("rosa@garden.example", "Rosa")
    assert (inbound.subject, inbound.message_id, inbound.text) == ("Roses", "r1@garden.example", "Red ones, please.")
    assert inbound.date is not None
    assert inbound.date.isoformat() == "2026-11-02T09:00:00+00:00"
    assert inbound.problems == []


@pytest.mark.parametrize(
    "raw", [b"", b"\0", b"\n\n\n", b"\xff" * 1000, b"From", b"From:", b":\n:\n", b"\r\r\r", b"--\n--"]
)
def test_rubbish_is_read_without_an_exception(raw):
    assert parse_mail(raw).problems


@pytest.mark.parametrize(
    ("header", "body", "text"),
    [
        (b'text/plain; charset="iso-8859-1"', "Grüße".encode("latin-1"), "Grüße"),
        (b'text/plain; charset="us-ascii"', "Grüße".encode(), "Grüße"),
        (b'text/plain; charset="no-such-set"', "Grüße".encode("cp1252"), "Grüße"),
        (b'text/plain; charset="iso-8859-1"', "Grüße".encode(), "Grüße"),
        (b"text/plain", "“Grüße”".encode("cp1252"), "“Grüße”"),
        (b"text/plain; charset=gb2312", "花店朱镕基".encode("gb18030"), "花店朱镕基"),
        (b"text/plain; charset=iso-2022-jp", "薔薇①".encode("cp932"), None),
        (b"text/plain; charset=utf-16", "Grüße".encode("utf-16"), "Grüße"),
        (b"text/plain; charset=idna", b"x" * 100, "x" * 100),
    ],
)
def test_lying_and_missing_charsets_are_seen_through(header, body, text):
    inbound = parse_mail(DATED + b"Content-Type: " + header + b"\n\n" + body)
    assert inbound.text == text if text else inbound.text


def test_nul_and_lone_surrogates_never_reach_the_text():
    inbound = parse_mail(DATED + b"Content-Type: text/plain; charset=utf-7\n\na\0b +2AA- c")
    assert "\0" not in inbound.text
    inbound.text.encode("utf-8")


@pytest.mark.parametrize(
    ("raw", "subject"),
    [
        (b"=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        (b"=?utf-8?B?R3LD?=\n =?utf-8?B?vMOfZQ==?=", "Grüße"),
        (b"=?utf-8?q?Gr=C3?= =?utf-8?q?=BC=C3=9Fe?=", "Grüße"),
        ("Grüße".encode(), "Grüße"),
        ("Grüße".encode("latin-1"), "Grüße"),
        (b"folded\n  twice", "folded  twice"),
        (b"=?utf-8?q?two=0D=0ABcc:_x@y.example?=", "two Bcc: x@y.example"),
        (b"=?utf-8?q?open", "=?utf-8?q?open"),
    ],
)
def test_subjects_are_decoded_to_one_line(raw, subject):
    assert parse_mail(b"From: a@b.example\nSubject: " + raw + b"\n\nx").subject == subject


def mixed(*parts: bytes, kind: bytes = b"mixed") -> bytes:
    body = b"".join(b"--b\n" + part + b"\n" for part in parts) + b"--b--\n"
    return DATED + b"MIME-Version: 1.0\nContent-Type: multipart/" + kind + b"; boundary=b\n\n" + body


def test_plain_text_wins_and_html_is_sanitised():
    inbound = parse_mail(
        mixed(b"\nplain", b"Content-Type: text/html\n\n<b>rich</b><script>x</script>", kind=b"alternative")
    )
    assert (inbound.text, inbound.html.strip()) == ("plain", "<b>rich</b>")


def test_html_alone_gives_readable_text():
    inbound = parse_mail(
        DATED + b'Content-Type: text/html\n\n<p>Red <a href="https://x.example/">here</a></p><p>Bye</p>'
    )
    assert inbound.text == "Red here <https://x.example/>\n\nBye"


def test_text_before_and_after_a_file_is_kept_in_order():
    inbound = parse_mail(mixed(b"\nfirst", b"Content-Type: image/png; name=a.png\n\nx", b"\nsecond"))
    assert inbound.text == "first\n\nsecond"
    assert [file.filename for file in inbound.attachments] == ["a.png"]


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        (b'filename="../../etc/passwd"', "_.._etc_passwd"),
        (b"filename*=utf-8''Gr%C3%BC%C3%9Fe.pdf", "Grüße.pdf"),
        (b"filename*0*=utf-8''Gr%C3%BC; filename*1=sse.pdf", "Grüsse.pdf"),
        (b'filename="=?utf-8?q?Gr=C3=BC=C3=9Fe=2Epdf?="', "Grüße.pdf"),
        ('filename="evil\u202efdp.exe"'.encode(), "evilfdp.exe"),
        (b'filename="C:\\Users\\rosa\\a.pdf"', "a.pdf"),
        (b'filename=""', "attachment.pdf"),
        (b'filename="..."', "attachment.pdf"),
        (b"filename=" + b"x" * 3000 + b".pdf", "x" * 196 + ".pdf"),
    ],
)
def test_file_names_are_safe_and_never_empty(disposition, name):
    part = b"Content-Type: application/pdf\nContent-Disposition: attachment; " + disposition + b"\n\nx"
    assert parse_mail(mixed(b"\nhello", part)).attachments[0].filename == name


def test_an_inline_image_keeps_its_content_id():
    image = b"Content-Type: image/png\nContent-ID: <i1@x>\nContent-Transfer-Encoding: base64\n\n" + base64.b64encode(
        b"petal"
    )
    inbound = parse_mail(mixed(b'Content-Type: text/html\n\n<img src="cid:i1@x">', image, kind=b"related"))
    assert (inbound.attachments[0].cid, inbound.attachments[0].inline) == ("i1@x", True)
    assert inbound.attachments[0].content == b"petal"
    assert 'src="cid:i1@x"' in inbound.html


def test_an_attached_message_is_a_file_named_by_its_subject():
    inner = b"Content-Type: message/rfc822\n\nFrom: tom@garden.example\nSubject: Old letter\n\nhello"
    inbound = parse_mail(mixed(b"\nsee below", inner))
    assert [(file.filename, file.mime) for file in inbound.attachments] == [("Old letter.eml", "message/rfc822")]
    assert inbound.text == "see below"


def test_a_uuencoded_file_leaves_the_text():
    inbound = parse_mail(DATED + b"\nhere\n\nbegin 644 a.txt\n%:&5L;&\\\n`\nend\n\nbye\n")
    assert [(file.filename, file.content) for file in inbound.attachments] == [("a.txt", b"hello")]
    assert "begin" not in inbound.text
    assert inbound.text.endswith("bye")


def test_flowed_lines_are_joined():
    inbound = parse_mail(
        DATED + b"Content-Type: text/plain; format=flowed\n\nRed \nroses.\n> old \n> text\n\n-- \nRosa\n"
    )
    assert inbound.text == "Red roses.\n> old text\n\n-- \nRosa"


def test_calendar_signature_and_encrypted_parts_are_kept():
    names = [b"text/calendar", b"application/pkcs7-signature", b"application/pgp-signature", b"application/pkcs7-mime"]
    inbound = parse_mail(mixed(b"\nhello", *(b"Content-Type: " + name + b"\n\nx" for name in names)))
    assert [file.mime.encode() for file in inbound.attachments] == names


def test_an_unclosed_multipart_is_read_to_its_end():
    raw = (
        DATED + b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nfirst\n--b\nContent-Type: text/plain\n\nlast line"
    )
    assert parse_mail(raw).text == "first\n\nlast line"


def test_a_wrong_boundary_loses_no_text():
    assert "hello" in parse_mail(DATED + b"Content-Type: multipart/mixed; boundary=other\n\n--b\n\nhello\n--b--\n").text
    assert "hello" in parse_mail(DATED + b"Content-Type: multipart/mixed\n\nhello\n").text


@pytest.mark.parametrize(
    ("raw", "limits", "said"),
    [
        (DATED + b"\n" + b"x" * 5000, Limits(message=1000), "longer than 1000 bytes"),
        (DATED + b"X-A: b\n" * 50 + b"\nhello", Limits(headers=20), "more than 20 headers"),
        (DATED + b"X-A: " + b"b" * 5000 + b"\n\nhello", Limits(header=1000), "longer than 1000 bytes"),
        (mixed(*[b"\nhello"] * 50), Limits(parts=20), "more than 20 parts"),
    ],
)
def test_over_a_limit_the_rest_is_left_and_said_so(raw, limits, said):
    inbound = parse_mail(raw, limits)
    assert any(said in problem for problem in inbound.problems)
    assert inbound.subject == "Roses"


def test_deep_nesting_ends_at_the_limit():
    raw = ROSES
    for level in range(500):
        raw += b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (level, level)
    assert any("deeper than 32" in problem for problem in parse_mail(raw + b"\n\nhello").problems)


@pytest.mark.parametrize(
    "raw",
    [
        DATED + b"To: " + b"(" * 60_000 + b"\n\nx",
        DATED + b"To: " + b'"\\' * 30_000 + b"\n\nx",
        DATED + b"To: " + b"<,a@b" * 12_000 + b"\n\nx",
        DATED + b"To: " + b"a" * 60_000 + b"\n\nx",
        DATED + b"Subject: " + b"=?utf-8?q?" * 6_000 + b"\n\nx",
        DATED + b"Content-Type: text/plain" + b'; a="\\' * 10_000 + b"\n\nx",
        DATED + b"Content-Type: text/plain;" + b" " * 60_000 + b"\n\nx",
        DATED + b"\n" + b"begin 644 a\n" * 100_000 + b"end\n",
        DATED + b"Content-Type: text/html\n\n" + b"<div>" * 200_000,
        DATED + b"Content-Type: text/html\n\n" + b"& " * 500_000,
        DATED + b"\n" + b"> " * 500_000,
        mixed(*[b"\nx"] * 20_000),
    ],
)
@pytest.mark.timeout(20)
def test_mails_made_to_be_slow_are_not(raw):
    assert parse_mail(raw).message_id == "r1@garden.example"


def test_trace_headers_do_not_change_the_content_key_but_the_body_does():
    one, other = parse_mail(DATED + b"\nhello\n"), parse_mail(b"Received: by x\n" + DATED + b"\nhello\n")
    assert (
        one.content_key
        == other.content_key
        == parse_mail(DATED.replace(b"\n", b"\r\n") + b"\r\nhello\r\n\r\n").content_key
    )
    assert parse_mail(DATED + b"\nhello you\n").content_key != one.content_key


def test_only_the_topmost_block_of_authentication_results_counts():
    top = b"Received: by mx\nAuthentication-Results: mx; spf=pass\nAuthentication-Results: mx;\n dkim=pass\n"
    inbound = parse_mail(top + b"Received: from x\nAuthentication-Results: mx; dmarc=pass\n" + DATED + b"\nx")
    assert inbound.authentication_results == ["mx; spf=pass", "mx; dkim=pass"]


def test_envelope_hints_and_spam_headers_are_gathered():
    inbound = parse_mail(
        b"Delivered-To: Help@Florist.example\nX-Original-To: help@florist.example\nX-Spam-Flag: YES\n" + DATED
    )
    assert inbound.envelope_hints == ["help@florist.example"]
    assert inbound.spam_headers == {"x-spam-flag": "YES"}


def test_ids_stand_without_brackets_and_once():
    headers = b"In-Reply-To: <a@x> (Rosa's mail)\nReferences: <b@x>\n <a@x> <b@x> junk\n"
    inbound = parse_mail(headers + DATED + b"\nx")
    assert (inbound.in_reply_to, inbound.references) == ("a@x", ["b@x", "a@x"])


def test_the_reply_is_split_from_what_it_quotes():
    inbound = parse_mail(
        DATED + b"\nYes please.\n\nOn Mon, 2 Nov 2026 at 09:00, Help <help@florist.example> wrote:\n> Red?\n"
    )
    assert inbound.reply_text == "Yes please."
    assert "Red?" in inbound.quoted_text


def test_an_outlook_file_is_kept_as_a_file():
    inbound = parse_mail(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100)
    assert [file.filename for file in inbound.attachments] == ["message.msg"]
    assert inbound.problems


def test_the_json_view_has_the_promised_shape():
    told = mail_as_json(parse_mail(mixed(b"\nhello", b"Content-Type: image/png; name=a.png\n\nx")))
    assert (
        list(told)
        == (
            "from_email from_name to cc subject message_id in_reply_to references date text html_sanitized reply_text"
            " quoted_text signature forwarded attachments kind bounce problems"
        ).split()
    )
    assert (told["date"], told["to"], told["kind"]) == ("2026-11-02T09:00:00Z", ["help@florist.example"], "normal")


FORM = b"From: form@shop.example\r\n%sSubject: %s\r\n\r\nPlease call me.\r\n"
FIRST_SERVER = b"Received: from web by mx.shop.example with ESMTP id A1; Mon, 2 Mar 2026 10:00:00 +0000\r\n"
SECOND_SERVER = b"Received: from mx.shop.example by in.fleur.example; Mon, 2 Mar 2026 10:00:05 +0000\r\n"


def test_two_mails_without_message_id_and_date_are_told_apart_by_subject_and_first_server():
    keys = {
        parse_mail(FORM % (trace, subject)).content_key
        for trace in (b"", FIRST_SERVER, FIRST_SERVER.replace(b"A1", b"B2"))
        for subject in (b"Order 1", b"Order 2")
    }
    assert len(keys) == 6


def test_one_mail_without_message_id_and_date_stays_one_on_every_way_to_us():
    direct, forwarded = FORM % (FIRST_SERVER, b"Order 1"), FORM % (SECOND_SERVER + FIRST_SERVER, b"Order 1")
    assert parse_mail(direct).content_key == parse_mail(forwarded).content_key


@pytest.mark.parametrize("known", [b"Date: Mon, 2 Mar 2026 10:00:00 +0000\r\n", b"Message-ID: <a@b.example>\r\n"])
def test_where_message_id_or_date_is_known_subject_and_traces_do_not_count(known: bytes):
    plain = parse_mail(FORM % (known, b"Order 1")).content_key
    assert parse_mail(FORM % (FIRST_SERVER + known, b"[list] Order 1")).content_key == plain


def test_half_a_mail_never_passes_for_a_whole_one_when_memory_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_memory(html: str) -> str:
        raise MemoryError

    monkeypatch.setattr(mail, "sanitize", no_memory)
    with pytest.raises(MemoryError):
        parse_mail(DATED + b"Content-Type: text/html\n\n<b>x</b>")
