"""Customer cards: asked by a signed request, shown as text, never waited for."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

import rapport
from rapport.desk.tests.seated import ana, at_desk, ben, cast
from rapport.events.models import Event
from rapport.kit import webhook_signatures
from rapport.people import card_reading, carding
from rapport.people.card_reading import NoCard
from rapport.people.carding import Described
from rapport.people.models import Card
from rapport.ui.handoff import AskedHandOff

__all__ = ["ana", "ben", "cast"]
LOOPBACK = (ip_network("127.0.0.0/8"),)
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }}",
    "\u202egnp.exe",
    "javascript:alert(1)",
    "</dd></div><form action=https://evil.example>",
    "x" * 100_000,
]


@dataclass
class Shop:
    """The company's own system: answers with `answer`, and keeps what it was asked."""

    url: str = ""
    status: int = 200
    answer: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    asked: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def shop() -> Iterator[Shop]:
    stand_in = Shop()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            stand_in.asked.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(stand_in.status)
            for name, value in stand_in.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(stand_in.answer)

        do_GET = do_POST  # noqa: N815 - the name that the server looks for

        def log_message(self, *_args: Any) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    stand_in.url = f"http://127.0.0.1:{server.server_port}/card"
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    carding.forget()
    yield stand_in
    server.shutdown()
    server.server_close()


@pytest.fixture
def opened(settings) -> None:
    """The operator has opened the loopback network."""
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, allow_nets=LOOPBACK)


def card_of(shop: Shop) -> tuple[Card, str]:
    return carding.create(Described("Shop", shop.url), by=None)


def handbook_example() -> Any:
    """The lines that the handbook gives to the other side, as they stand there."""
    page = Path(rapport.__file__).parents[1] / "docs" / "handbook" / "customers.md"
    made: dict[str, Any] = {}
    exec(page.read_text("utf-8").split("```python")[1].split("```")[0], made)
    return made["is_from_rapport"]


def shown(client: Any, cast: Any, card: Card, query: str = "") -> str:
    answer = client.get(f"/customers/{cast.carla.pk}/cards/{card.pk}/{query}")
    assert answer.status_code == 200
    return str(answer.getvalue().decode())


def test_the_question_is_signed_as_standard_webhooks_say(cast, ana, shop, opened):
    card, secret = card_of(shop)
    shop.answer = json.dumps({"title": "Gold", "fields": [{"label": "Points", "value": 120}]}).encode()
    page = shown(ana, cast, card)
    assert "Gold" in page
    assert "120" in page
    headers, body = shop.asked[0]
    verify = handbook_example()
    assert verify(secret, headers, body)
    assert not verify(secret, headers, body + b" ")
    assert not verify(webhook_signatures.new_secret(), headers, body)
    assert not verify(secret, headers | {"webhook-timestamp": str(int(headers["webhook-timestamp"]) - 301)}, body)
    assert json.loads(body)["customer"]["emails"] == ["carla@example.org"]
    shown(ana, cast, card)
    assert len(shop.asked) == 1, "asked again a moment later"
    shown(ana, cast, card, "?again=1")
    assert len(shop.asked) == 2


def test_the_page_never_waits_for_it(cast, ana, shop, opened):
    card, _secret = card_of(shop)
    page = ana.get(f"/customers/{cast.carla.pk}/").content.decode()
    assert f'hx-get="/customers/{cast.carla.pk}/cards/{card.pk}/"' in page
    answer = ana.get(f"/customers/{cast.carla.pk}/cards/{card.pk}/")
    assert isinstance(answer, AskedHandOff)
    assert not shop.asked, "nothing is asked before the loop has taken over"


@pytest.mark.parametrize("hostile", HOSTILE)
def test_whatever_it_answers_stays_text(cast, ana, shop, opened, hostile):
    card, _secret = card_of(shop)
    shop.answer = json.dumps({
        "title": hostile, "text": hostile, "badges": [{"text": hostile, "tone": hostile}],
        "fields": [{"label": hostile, "value": hostile, "url": hostile}], "columns": [hostile], "rows": [[hostile]],
        "links": [{"label": hostile, "url": hostile}, {"label": "x", "url": "data:text/html,x"}, hostile, {"url": {}}],
    }).encode()[: 64 * 1024]  # fmt: skip
    page = shown(ana, cast, card)
    assert not any(
        sign in page for sign in ("<script", "<img", "<form", "onerror=alert(1)>", 'javascript:alert(1)"', 'href="data')
    )
    assert len(page) < 20_000


@pytest.mark.parametrize(
    ("status", "answer", "headers", "said"),
    [
        (200, b"<html>", {"Content-Type": "application/json"}, "no card"),
        (200, b"[1]", {"Content-Type": "application/json"}, "no card"),
        (200, b"[" * 60_000, {"Content-Type": "application/json"}, "no card"),
        (200, b"{}", {"Content-Type": "text/html"}, "no card"),
        (200, b'{"title": "' + b"x" * 70_000 + b'"}', {"Content-Type": "application/json"}, "no card"),
        (500, b"{}", {"Content-Type": "application/json"}, "error"),
        (302, b"", {"Location": "http://169.254.169.254/latest"}, "could not be reached"),
        (307, b"", {"Location": "/elsewhere"}, "could not be reached"),
        (404, b"", {}, "Nothing is known"),
        (200, b"{}", {"Content-Type": "application/json"}, "Nothing is known"),
    ],
)
def test_what_is_no_card_is_told_calmly(cast, ana, shop, opened, status, answer, headers, said):
    card, _secret = card_of(shop)
    shop.status, shop.answer, shop.headers = status, answer, headers
    assert said in shown(ana, cast, card)
    assert len(shop.asked) == 1, "a redirect is not followed: nobody else gets what we tell of a customer"


def test_a_private_address_is_asked_only_when_the_operator_opened_it(cast, ana, shop):
    card, _secret = card_of(shop)
    assert "could not be reached" in shown(ana, cast, card)
    assert not shop.asked


def test_only_who_sees_customers_gets_cards_and_only_active_ones(cast, ana, shop, opened):
    card, _secret = card_of(shop)
    address = f"/customers/{cast.carla.pk}/cards/{card.pk}/"
    assert at_desk(cast.kim).get(address).status_code == 404
    carding.change(card, Described("Shop", shop.url, active=False), by=None)
    assert ana.get(address).status_code == 404
    assert not shop.asked


def test_the_secret_is_shown_once_and_stands_nowhere(cast, shop):
    flora = at_desk(cast.flora)
    form = {"name": "Shop", "url": shop.url, "timeout_ms": "2000", "active": "on"}
    made = flora.post("/settings/cards/", form)
    secret = made.content.decode().split('value="whsec_')[1].split('"')[0]
    assert made["Cache-Control"] == "no-store"
    card = Card.objects.get()
    assert secret not in card.secret
    assert secret not in flora.get(f"/settings/cards/{card.pk}/").content.decode()
    assert secret not in str(list(Event.objects.values_list("data", flat=True)))
    before = card.secret
    flora.post(f"/settings/cards/{card.pk}/", {**form, "name": "Store"})
    card.refresh_from_db()
    assert (card.name, card.secret) == ("Store", before)
    assert flora.post("/settings/cards/", {**form, "secret": "short"}).status_code == 400
    assert flora.post("/settings/cards/", {**form, "url": "file:///etc/passwd"}).status_code == 400


def test_a_card_is_tried_from_its_settings_with_a_customer_of_ones_choice(cast, shop, opened):
    flora = at_desk(cast.flora)
    card, secret = carding.create(Described("Shop", shop.url, active=False), by=None)
    shop.answer = json.dumps({"title": "Gold"}).encode()

    def tried(customer: str) -> str:
        return str(flora.post(f"/settings/cards/{card.pk}/trial/", {"customer": customer}).getvalue().decode())

    assert "Nobody is known" in tried("nobody@example.org")
    assert not shop.asked
    assert "Gold" in tried(" Carla@Example.org ")
    assert handbook_example()(secret, *shop.asked[0])
    shop.status = 503
    said = tried(str(cast.carla.pk))
    assert ("It answered with an error (503)." in said, "hx-get" in said) == (True, False)
    assert at_desk(cast.ana).post(f"/settings/cards/{card.pk}/trial/", {"customer": "1"}).status_code in (403, 404)


@pytest.mark.parametrize("body", [b"", b"\xff", b"null", b"1e99999", b'{"a":' * 5000, b"9" * 10_000])
def test_no_bytes_break_the_reading(body):
    with pytest.raises(NoCard):
        card_reading.read(body)


def test_a_card_is_bounded(cast):
    told = {
        "fields": [{"label": "a", "value": True}] * 999,
        "rows": [["x"] * 99] * 999,
        "links": [{"url": "https://x.example"}] * 99,
    }
    content = card_reading.read(json.dumps(told).encode())
    assert (len(content.fields), len(content.rows), len(content.rows[0]), len(content.links)) == (40, 50, 8, 20)
