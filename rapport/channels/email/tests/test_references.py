from pathlib import Path

import pytest

from rapport.channels.email.references import (
    make_message_id,
    make_reply_address,
    read_message_id,
    read_reply_address,
)
from rapport.kit.secrets import KeyRing


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    return KeyRing.load_or_create(tmp_path / "keys.json")


def test_our_own_message_id_is_recognised_also_in_brackets_and_capitals(ring: KeyRing) -> None:
    made = make_message_id(42, purpose="reply", domain="fleur.example", ring=ring)
    for form in (made, f"<{made}>", made.upper()):
        found = read_message_id(form, ring=ring)
        assert found is not None
        assert (found.purpose, found.subject_id, found.account_id, found.valid) == ("reply", 42, None, True)


def test_a_reference_turned_to_another_message_is_invalid(ring: KeyRing) -> None:
    made = make_message_id(42, purpose="reply", domain="fleur.example", ring=ring)
    found = read_message_id(made.replace(".42.", ".43."), ring=ring)
    assert found is not None
    assert not found.valid


def test_a_reference_turned_to_another_purpose_or_person_is_invalid(ring: KeyRing) -> None:
    made = make_message_id(42, purpose="notify", domain="fleur.example", ring=ring, account_id=7)
    for forged in (made.replace("notify", "reply"), made.replace(".7.", ".8."), made.replace(".7.", ".")):
        found = read_message_id(forged, ring=ring)
        assert found is not None
        assert not found.valid


def test_a_reference_of_another_installation_is_invalid(ring: KeyRing, tmp_path: Path) -> None:
    other = KeyRing.load_or_create(tmp_path / "other.json")
    found = read_message_id(make_message_id(1, purpose="reply", domain="a.example", ring=other), ring=ring)
    assert found is not None
    assert not found.valid


def test_a_reply_address_leads_to_its_conversation_and_fits_a_local_part(ring: KeyRing) -> None:
    address = make_reply_address("help@fleur.example", 1_000_000, ring=ring)
    found = read_reply_address(address, ring=ring)
    assert found is not None
    assert (found.subject_id, found.valid) == (1_000_000, True)
    assert len(address.partition("@")[0]) <= 64


@pytest.mark.parametrize(
    "strange", ["", "@", "+@x", "rapport.@x", "a.b.c@x", "rapport.reply.x.y@z", "help+tag@x", "+" * 999]
)
def test_other_ids_and_addresses_are_not_ours(ring: KeyRing, strange: str) -> None:
    found = read_message_id(strange, ring=ring) or read_reply_address(strange, ring=ring)
    assert found is None
