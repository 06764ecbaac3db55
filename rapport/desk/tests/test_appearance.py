"""The company's own colour and logo: chosen by who may, seen by everybody, and nothing else comes out with them."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from rapport.desk.appearance import looking
from rapport.desk.tests.test_settings import as_
from rapport.events.models import Event
from rapport.files import storing
from rapport.people import installing
from rapport.people.tests.cast import Cast, assemble

pytestmark = pytest.mark.django_db
PAGE = "/settings/appearance/"


@pytest.fixture
def cast() -> Cast:
    return assemble()


def picture(kind: str = "PNG", size: tuple[int, int] = (240, 40)) -> bytes:
    written = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "canary"
    Image.new("RGB", size, (255, 0, 170)).save(written, kind, exif=exif)
    return written.getvalue()


def given(data: bytes, name: str = "logo.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, "image/png")


def test_what_is_chosen_dresses_every_page_and_goes_again(cast):
    olga, stranger = as_(cast.olga), Client()
    assert "/appearance/" not in olga.get("/today/").content.decode()
    assert olga.post(PAGE, {"accent": "#FF00AA", "logo": given(picture())}).status_code == 302
    house = installing.current()
    assert house.accent == "#ff00aa"
    look = looking.look_of(house)
    for page in (olga.get("/today/"), stranger.get("/accounts/login/"), as_(cast.ann).get("/today/")):
        text = page.content.decode()
        assert f'<link rel="stylesheet" href="{look.sheet}">' in text
        assert f'<img class="brand__logo" src="{look.logo}" alt="">' in text
    told = Event.objects.filter(kind="installation.changed").latest("pk")
    assert (told.actor_id, told.data["after"]["accent"]) == (cast.olga.pk, "#ff00aa")
    assert olga.post(PAGE, {"accent": "", "remove_logo": "on"}).status_code == 302
    assert looking.look_of(installing.current()) == looking.Look()
    assert "/appearance/" not in stranger.get("/accounts/login/").content.decode()
    assert (stranger.get(look.sheet).status_code, stranger.get(look.logo).status_code) == (404, 404)


def test_a_stranger_gets_the_style_sheet_and_the_logo_and_no_other_file(cast):
    other = storing.store_bytes(picture(size=(9, 9))).sha256
    as_(cast.olga).post(PAGE, {"accent": "#ff00aa", "logo": given(picture("JPEG"))})
    look, stranger = looking.look_of(installing.current()), Client()
    sheet = stranger.get(look.sheet)
    assert sheet["Content-Type"] == "text/css; charset=utf-8"
    assert "--accent:light-dark(" in sheet.content.decode()
    logo: Any = stranger.get(look.logo)
    data = b"".join(logo.streaming_content)
    drawn = Image.open(io.BytesIO(data))
    assert (logo["Content-Type"], drawn.format, drawn.size) == ("image/webp", "WEBP", (240, 40))
    assert b"canary" not in data
    for answer in (sheet, logo):
        assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer["X-Content-Type-Options"] == "nosniff"
    assert stranger.get(f"/appearance/logo/{other}.webp").status_code == 404
    assert stranger.get("/appearance/0123456789ab.css").status_code == 404
    assert stranger.get(PAGE + "preview/?accent=ff00aa").status_code == 302
    assert stranger.get(PAGE + "shades/?accent=ff00aa").status_code == 302


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    "form",
    [
        {"accent": "#fff;}body{background:url(//evil.example)"},
        {"accent": "</style><script>alert(1)</script>"},
        {"accent": "#8a1f5c", "logo": (SVG, "logo.svg")},
        {"accent": "#8a1f5c", "logo": (picture()[:60], "logo.png")},
        {"accent": "#8a1f5c", "logo": (b"\x89PNG" + bytes(1024 * 1024), "logo.png")},
    ],
    ids=["css", "script", "svg", "broken", "large"],
)
def test_what_is_no_colour_and_no_picture_changes_nothing_and_says_so(cast, form):
    fields = {name: given(*value) if isinstance(value, tuple) else value for name, value in form.items()}
    before = Event.objects.count()
    answer = as_(cast.olga).post(PAGE, fields)
    text = answer.content.decode()
    assert answer.status_code == 400
    assert "Nothing was changed" in text
    assert ("SVG drawing can be exported as PNG" in text) == ("logo" in form)
    assert "<script>alert" not in text
    house = installing.current()
    assert (house.accent, house.logo_sha256, Event.objects.count()) == ("", "", before)


def test_a_colour_is_seen_before_it_is_kept_and_told_when_it_is_adjusted(cast):
    olga = as_(cast.olga)
    seen = olga.get(PAGE + "preview/", {"accent": "#ff00aa"}).content.decode()
    assert "Adjusted so that everybody can read it: #ca0087 on paper" in seen
    assert f'href="{PAGE}shades/?accent=ff00aa"' in seen
    assert olga.get(PAGE + "shades/?accent=ff00aa").content.startswith(b".looks{--accent:light-dark(#ca0087,")
    assert olga.get(PAGE + "shades/", {"accent": "x}"}).content == b""
    assert "Write a colour as #" in olga.get(PAGE + "preview/", {"accent": "magenta"}).content.decode()
    assert installing.current().accent == ""
    olga.post(PAGE, {"accent": "#2A4D9E"})  # Rapport's own blue is no choice
    assert looking.look_of(installing.current()).sheet == ""


def test_a_chosen_look_costs_no_statement(cast, django_assert_num_queries):
    stranger = Client()
    stranger.get("/accounts/login/")  # makes the row of a fresh installation
    with django_assert_num_queries(1):
        stranger.get("/accounts/login/")
    as_(cast.olga).post(PAGE, {"accent": "#ff00aa", "logo": given(picture())})
    with django_assert_num_queries(1):
        stranger.get("/accounts/login/")
