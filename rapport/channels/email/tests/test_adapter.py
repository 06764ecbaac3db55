"""E-mail keeps what the contract of a channel promises, and knows neither Django nor the database."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from rapport.channels.contract import Adapter, Address, Inbound
from rapport.channels.registry import adapter_for, kinds
from rapport.kit.secrets import KeyRing

ADAPTER = adapter_for("email")
VERDICT = "mx.fleur.example; dkim=pass header.d=example.org"


@pytest.fixture
def ring(tmp_path: Any) -> KeyRing:
    return KeyRing.load_or_create(tmp_path / "keys.json")


def test_every_kind_is_made_once_and_has_the_name_it_is_known_by():
    adapters: list[Adapter] = [adapter_for(kind) for kind in kinds()]
    assert [adapter.kind for adapter in adapters] == kinds()
    assert adapter_for("email") is ADAPTER


def test_the_adapter_and_all_it_uses_load_without_django():
    script = (
        "import sys, rapport.channels.email.adapter, rapport.channels.email.sending, rapport.channels.email.doctor;"
        "import rapport.channels.email.folder_reading, rapport.channels.email.oauth;"
        "sys.exit('django' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


@pytest.mark.parametrize("raw", [b"", b"\0", b"\xff" * 100, b"From: a@b.c\r\n\r\nhi", b"\r\n" * 50])
def test_any_bytes_are_one_message(raw: bytes):
    assert len(ADAPTER.parse(raw)) == 1


@pytest.mark.parametrize(
    ("settings", "parts"),
    [
        ({}, []),
        ({"imap": {}}, []),
        ({"imap": {"host": "x"}}, ["INBOX"]),
        ({"imap": {"host": "x", "folders": ["A", "B", "A"]}}, ["A", "B"]),
        ({"transport": "folder"}, []),
    ],
)
def test_each_folder_is_a_part(settings: dict[str, Any], parts: list[str]):
    assert ADAPTER.parts(settings) == parts


def test_verdicts_count_only_where_the_inbox_names_its_server():
    found = Inbound(sender=Address("carla@example.org"), authentication_results=[VERDICT])
    assert ADAPTER.judge_sender(found, b"", trust={"authserv_id": "mx.fleur.example"}) == "authenticated"
    assert ADAPTER.judge_sender(found, b"", trust={"authserv_id": ""}) == "claimed"
    assert ADAPTER.judge_sender(found, b"", trust={}) == "claimed"


def test_spam_headers_count_only_where_the_inbox_names_its_server():
    found = Inbound(spam_headers={"x-spam-flag": "YES"})
    assert ADAPTER.says_spam(found, trust={"authserv_id": "mx.fleur.example"})
    assert not ADAPTER.says_spam(found, trust={})


def test_an_id_it_makes_is_an_id_it_knows_again(ring: KeyRing):
    made = ADAPTER.new_external_id(17, purpose="reply", address="hello@fleur.example", signer=ring)
    assert made.endswith("@fleur.example")
    own = ADAPTER.own_reference(Inbound(message_id=made), signer=ring)
    assert own
    assert (own.subject_id, own.purpose, own.valid) == (17, "reply", True)
    [answered] = ADAPTER.signed_references(Inbound(in_reply_to=made), signer=ring)
    assert answered == own


def test_an_id_signed_elsewhere_is_known_and_not_valid(ring: KeyRing, tmp_path: Any):
    other = KeyRing.load_or_create(tmp_path / "other.json")
    made = ADAPTER.new_external_id(17, purpose="reply", address="hello@fleur.example", signer=other)
    [found] = ADAPTER.signed_references(Inbound(references=[made]), signer=ring)
    assert not found.valid


def test_a_reply_address_leads_back_to_its_conversation(ring: KeyRing):
    address = ADAPTER.reply_address(4711, address="hello@fleur.example", signer=ring)
    local, _, domain = address.partition("@")
    assert (local.startswith("hello+"), domain) == (True, "fleur.example")
    [found] = ADAPTER.signed_references(Inbound(to=[Address(address)]), signer=ring)
    assert (found.subject_id, found.valid) == (4711, True)
