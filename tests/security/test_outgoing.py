"""SEC-10, SEC-21: the product connects to nobody inside, and sends exactly the headers and recipients that were meant."""

from __future__ import annotations

import json
import socket
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from rapport.channels import examining
from rapport.channels.contract import Address
from rapport.channels.email import consenting
from rapport.conversations.models import Conversation
from rapport.conversations.tests.cast import cast
from rapport.files import attaching, storing
from rapport.notifications.carrying import Letter
from rapport.notifications.models import Device, Push
from rapport.outbox.tests.shop import Shop, shop
from rapport.people.models import Account, Team

__all__ = ["cast", "shop"]
pytestmark = pytest.mark.django_db
INSIDE = [
    "127.0.0.1", "127.1", "2130706433", "0x7f.1", "0177.0.0.1", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1",
    "169.254.169.254", "100.64.0.1", "[::1]", "::1", "::ffff:127.0.0.1", "[::ffff:10.0.0.1]", "64:ff9b::7f00:1", "fd00::1",
    "fe80::1", "fe80::1%lo", "224.0.0.1", "255.255.255.255", "localhost", "localhost.", "LOCALHOST", "metadata.google.internal",
    "127.0.0.1.", "①②⑦.⓪.⓪.①", "127。0。0。1", " 127.0.0.1", "inside.example",
]  # fmt: skip


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every address a socket was to be connected to; nothing is. Names lead inside, as a rebinding resolver has it."""
    tried: list[Any] = []

    def connect(self: socket.socket, address: Any) -> None:
        tried.append(address)
        raise ConnectionRefusedError

    real = socket.getaddrinfo

    def resolve(host: Any, port: Any, *args: Any, **options: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else str(host)
        return real(name if name.replace(".", "").isdigit() or ":" in name else "127.0.0.1", port, *args, **options)

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket.socket, "connect_ex", connect)
    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return tried


def hosts(shared_data: Path) -> list[str]:
    rows = map(json.loads, (shared_data / "security" / "ssrf_hosts.jsonl").read_text("utf-8").splitlines())
    return [*INSIDE, *(row["host"] for row in rows if not row["allow"])]


def test_the_doctor_of_an_inbox_connects_to_nobody_inside(cast, connected, shared_data):
    told: dict[str, set[str]] = {}
    for host in hosts(shared_data):
        for port in (25, 6379):
            server = {"host": host, "port": port, "security": "none", "user": "x", "auth": "password"}
            cast.inbox.settings = {"imap": server, "smtp": server, "transport": "smtp"}
            steps = list(examining.examine(cast.inbox))
            assert steps, host
            assert not any(step.ok for step in steps if "connect" in step.name), host
            told.setdefault(host, set()).add(" ".join(step.detail for step in steps))
    assert connected == []
    assert all(len(answers) == 1 for answers in told.values())


def test_a_push_connects_to_nobody_inside(connected, shared_data):
    for host in hosts(shared_data):
        shown = f"[{host}]" if ":" in host and not host.startswith("[") else host
        letter = Letter(Push(device=Device(endpoint=f"https://{shown}/send")), {}, b"sealed")
        letter.post()
        assert (letter.status, bool(letter.reason)) == (0, True), host
    assert connected == []


def test_consent_connects_to_nobody_inside(connected, shared_data):
    for host in hosts(shared_data):
        shown = f"[{host}]" if ":" in host and not host.startswith("[") else host
        client = consenting.Client(
            client_id="x", client_secret="y", scope="z", redirect_uri="https://desk.example/",
            authorization_url=f"https://{shown}/a", token_url=f"https://{shown}/t",
        )  # fmt: skip
        with pytest.raises(consenting.ConsentFailed):
            consenting.exchange_code(client, code="c", verifier="v", allow_nets=())
    assert connected == []


HOSTILE = [
    "x\r\nBcc: eve@evil.example",
    "x\nBcc: eve@evil.example",
    "x\rBcc: eve@evil.example",
    "x\r\n\r\n<script>alert(1)</script>",
    "=?utf-8?q?x=0D=0ABcc:_eve=40evil.example?=",
    "x\0y",
    "x\u2028Bcc: eve@evil.example",
    "x\x0bBcc: eve@evil.example\x0c",
    "x\x85Bcc: eve@evil.example",
    '"><eve@evil.example>, "',
    "<eve@evil.example>",
    "a" * 3000,
    "é" * 999 + "\r\n.\r\nMAIL FROM:<eve@evil.example>",
    ".\r\n.\r\nRCPT TO:<eve@evil.example>",
    "\u202eeve@evil.example",
    "\ud800",
]
HEADERS = {
    "from", "to", "subject", "date", "message-id", "in-reply-to", "references", "mime-version", "content-type", "reply-to",
    "content-transfer-encoding", "auto-submitted", "x-auto-response-suppress", "feedback-id", "list-unsubscribe",
}  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_nothing_people_write_becomes_a_header_or_a_recipient(shop: Shop, text):
    cast = shop.cast
    from rapport.kit.text import clean_line, storable

    Team.objects.filter(pk=cast.shop.pk).update(signature_html=storable(f"<p>{text}</p>"))
    Account.objects.filter(pk=cast.ana.pk).update(name=storable(text)[:120])
    cast.inbox.display_name = storable(text)[:120]
    cast.inbox.save()
    conversation = cast.conversation("Hi", sender=Address("carla@example.org", text), subject=text)
    Conversation.objects.filter(pk=conversation.pk).update(subject=clean_line(text, 500))
    file = attaching.upload(storing.store_bytes(b"x"), filename=text, mime=text, uploader=cast.ana.pk)
    ana = Account.objects.get(pk=cast.ana.pk)
    delivery = shop.writes_back(conversation=conversation, by=ana, words=storable(text), attachment_ids=[file.pk])
    shop.sends(delivery)
    [received] = shop.sink.messages
    assert received.recipients == ["carla@example.org"]
    assert received.sender == "hello@fleur.example"
    message = message_from_bytes(received.content, policy=policy.compat32)
    assert {name.lower() for name in message} <= HEADERS
    assert len(message.keys()) == len({name.lower() for name in message})


def test_the_address_itself_cannot_carry_a_second_one(shop: Shop):
    conversation = shop.cast.conversation("Hi")
    from rapport.channels.email.composing import UnusableAddress

    for email in ("a@b.example\r\nRCPT TO:<eve@evil.example>", "a@b.example>,<eve@evil.example", "a@b.example\0"):
        try:
            shop.sends(shop.writes_back(conversation=conversation, to=[Address(email)]))
        except (UnusableAddress, ValueError, AssertionError):
            continue
    assert not [one for one in shop.sink.messages if "eve@evil.example" in " ".join(one.recipients)]
    assert not [one for one in shop.sink.messages if b"\nRCPT" in one.content or b"\nBcc" in one.content]
