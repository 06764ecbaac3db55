"""SEC-02, SEC-19: whatever a file calls itself and holds, it is a download that can do nothing; only pixels are shown."""

from __future__ import annotations

import io
import itertools
import os
from typing import Any

import pytest
from PIL import Image

from rapport.channels.email.parsing.mail import parse_mail
from rapport.conversations.tests.cast import attachment
from rapport.desk.files.views import disposition
from rapport.files import attaching, picturing, storing
from rapport.files.access import signed_path
from rapport.files.models import Attachment
from rapport.kit import pictures
from tests.security.company import Company

pytestmark = pytest.mark.django_db


def picture(kind: str, size: tuple[int, int] = (8, 6), **more: Any) -> bytes:
    """A whole picture."""
    drawn = io.BytesIO()
    Image.new("RGB", size, "teal").save(drawn, kind, **more)
    return drawn.getvalue()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
CONTENTS = {
    "html": b"<!doctype html><script>alert(1)</script>",
    "svg": SVG,
    "xml": b'<?xml version="1.0"?><x xmlns="http://www.w3.org/1999/xhtml"><script>alert(1)</script></x>',
    "pdf": b"%PDF-1.4 << /OpenAction << /S /JavaScript /JS (app.alert(1)) >> >>",
    "gif+html": b"GIF89a/*<script>alert(1)</script>*/=1",
    "picture": picture("PNG") + b"<script>alert(1)</script>",
    "photo": picture("JPEG", comment=b"<script>alert(1)</script>", exif=b"Exif\0\0<script>alert(1)</script>"),
}
PICTURES = {"picture", "photo"}
ENDINGS = ("png", "html", "svg", "htaccess", "js")
RASTER = ("image/png", "image/jpeg", "image/gif", "image/webp")
TYPES = (*RASTER, "image/svg+xml", "text/html", "application/xhtml+xml", "text/xml", "application/pdf", "nonsense")
NAMES = [
    'a"; filename="b.html',
    "a\r\nSet-Cookie: x=1\r\n\r\n<script>",
    "a\nX-Evil: 1",
    "..\\..\\boot.ini",
    "../../../etc/passwd",
    "/etc/passwd",
    "inv\u202egnp.exe",
    "\u200b.htaccess",
    ".\ufeffhtaccess",
    "CON.txt",
    "a\x00.html",
    "  . . ",
    "%2e%2e%2fpasswd",
    "ａ／ｂ＼ｃ.png",
    "x" * 5000 + ".png",
    "naïve – “quoted”.pdf",
    "",
]


def make(company: Company, content: bytes, name: str, mime: str) -> Attachment:
    stored = storing.store_bytes(content)
    file = attaching.upload(stored, filename=name, mime=mime, uploader=company.cast.ana.pk)
    Attachment.objects.filter(pk=file.pk).update(
        uploader_id=None, message_id=company.mail.pk, conversation_id=company.conversation.pk
    )
    return file


@pytest.mark.any_database
@pytest.mark.parametrize("kind", CONTENTS)
def test_every_ending_type_and_content_is_a_harmless_download(company, kind):
    for ending, mime in itertools.product(ENDINGS, TYPES):
        file = make(company, CONTENTS[kind], f"x.{ending}", mime)
        path = signed_path(file, viewer=company.cast.ana.pk)
        for query in ("", "?inline=1") if ending == "png" else ("?inline=1",):
            answer = company.ask("agent", "GET", path + query)
            asked = bool(query) and mime in RASTER
            assert answer["X-Content-Type-Options"] == "nosniff"
            assert "default-src 'none'" in answer["Content-Security-Policy"]
            assert "sandbox" in answer["Content-Security-Policy"].split("; ")
            if asked and answer["Content-Disposition"].startswith("inline;"):
                assert answer["Content-Type"] == "image/webp"
                assert answer.whole[8:12] == b"WEBP" if kind in PICTURES else answer.whole == b"", (ending, mime)
                assert b"script" not in answer.whole
            else:
                assert kind not in PICTURES or not asked
                assert answer["Content-Disposition"].startswith("attachment;"), (ending, mime)
                assert answer["Content-Type"] == "application/octet-stream"
                assert answer.whole == CONTENTS[kind]


def test_the_tables_are_as_long_as_promised():
    assert len(CONTENTS) * len(ENDINGS) * len(TYPES) >= 300


def test_a_picture_that_cannot_be_drawn_is_a_download_from_then_on(company):
    file = make(company, CONTENTS["gif+html"] + b"once", "x.gif", "image/gif")
    path = signed_path(file, viewer=company.cast.ana.pk) + "?inline=1"
    assert company.ask("agent", "GET", path).whole == b""
    assert company.ask("agent", "GET", path)["Content-Disposition"].startswith("attachment;")


def test_a_picture_is_drawn_once_and_again_when_it_was_forgotten(company, monkeypatch):
    file = make(company, picture("PNG", (9, 9)), "x.png", "image/png")
    path = signed_path(file, viewer=company.cast.ana.pk) + "?inline=1"
    first = company.ask("agent", "GET", path).whole
    drawn = picturing.drawn(file.stored.sha256)
    assert drawn is not None
    assert (drawn.read_bytes(), drawn.stat().st_mode & 0o777) == (first, 0o600)
    with monkeypatch.context() as patch:
        patch.setattr(pictures, "draw_anew", lambda *arguments: pytest.fail("drawn again"))
        assert company.ask("agent", "GET", path).whole == first
    os.utime(drawn, (0, 0))
    assert picturing.forget_unused() >= 1
    assert company.ask("agent", "GET", path).whole == first


@pytest.mark.parametrize("name", NAMES, ids=repr)
def test_no_file_name_adds_a_header_or_leaves_its_folder(company, name):
    file = make(company, b"x", name, "text/plain")
    assert not set(file.filename) & set('/\\\r\n\x00":*?<>|')
    assert not file.filename.startswith(".")
    answer = company.ask("agent", "GET", signed_path(file, viewer=company.cast.ana.pk))
    line = answer["Content-Disposition"]
    assert line.isprintable()
    assert line.isascii()
    assert "Set-Cookie" not in answer
    assert line.count("filename=") == 1
    assert line.count('"') == 2


@pytest.mark.any_database
@pytest.mark.parametrize("name", NAMES, ids=repr)
def test_even_a_name_nobody_cleaned_cannot_break_the_header(name):
    line = disposition(name, inline=False)
    assert line.isprintable()
    assert line.isascii()
    assert line.count('"') == 2


def test_a_mail_cannot_name_where_its_files_are_stored(company):
    before = set(Attachment.objects.values_list("pk", flat=True))
    company.cast.writes("See", attachments=[attachment(name) for name in NAMES])
    for file in Attachment.objects.exclude(pk__in=before).select_related("stored"):
        path = storing.path_of(file.stored.sha256)
        assert path.name == file.stored.sha256
        assert not set(file.filename) & set("/\\\x00\r\n")


@pytest.mark.any_database
@pytest.mark.parametrize("digest", ["../../etc/passwd", "a" * 63 + "/", "A" * 64, "", "a" * 64 + "\n"])
def test_only_a_hash_names_a_stored_file(digest):
    with pytest.raises(ValueError, match="hexadecimal"):
        storing.path_of(digest)


@pytest.mark.parametrize("kind", ["text/html; charset=x\r\nX-Evil: 1", "text/html\x00", "a/b/c", "é/x", "x" * 300])
def test_no_declared_type_reaches_a_header_unless_it_is_one(company, kind):
    assert make(company, b"x", "x", kind).mime in ("application/octet-stream", "text/html")


def test_a_picture_inside_a_mail_is_never_more_than_a_picture():
    raw = b'MIME-Version: 1.0\r\nContent-Type: image/svg+xml; name="x.png"\r\nContent-Disposition: inline\r\n\r\n' + SVG
    found = parse_mail(raw)
    assert "<svg" not in found.html
    assert [file.mime for file in found.attachments] == ["image/svg+xml"]
