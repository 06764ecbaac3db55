from __future__ import annotations

import json
import logging
import multiprocessing
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rapport.kit import secrets
from rapport.kit.secrets import KeyFileRefused, KeyRing, SecretUnreadable, SignedValueRefused

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
same_ring = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def path(tmp_path):
    return tmp_path / "inner" / "keys.json"


@pytest.fixture
def ring(path):
    return KeyRing.load_or_create(path)


def _mode(path):
    return stat.S_IMODE(path.stat().st_mode)


# --- the file


def test_the_file_is_made_on_first_use_for_its_owner_alone(ring, path):
    assert _mode(path) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["keys.json"]


def test_opening_it_again_gives_the_same_keys(ring, path):
    token = ring.encrypt("geheim", context="c")
    assert KeyRing.load_or_create(path).decrypt(token, context="c") == "geheim"


def _open_ring(path, results):
    results.put(KeyRing.load_or_create(path).key_ids)


def test_processes_that_start_together_agree_on_one_ring(path):
    context = multiprocessing.get_context("fork")
    results = context.SimpleQueue()
    starters = [context.Process(target=_open_ring, args=(path, results)) for _ in range(8)]
    for starter in starters:
        starter.start()
    seen = {results.get() for _ in starters}
    for starter in starters:
        starter.join()
    assert seen == {KeyRing.load_or_create(path).key_ids}


def test_a_file_open_to_others_is_closed_to_them_and_said(ring, path, caplog):
    path.chmod(0o644)
    with caplog.at_level(logging.WARNING):
        KeyRing.load_or_create(path)
    assert _mode(path) == 0o600
    assert "could be read by other users" in caplog.text


def test_a_file_that_cannot_be_closed_to_others_is_refused_with_the_cure(ring, path, monkeypatch):
    path.chmod(0o644)

    def not_permitted(*_args):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("os.fchmod", not_permitted)
    with pytest.raises(KeyFileRefused, match="Run: chmod 600"):
        KeyRing.load_or_create(path)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"keys": []}', b'{"keys": [{"id": "a"}]}', b"\xff\xfe", b'{"keys": {"a": 1}}']
)
def test_a_damaged_file_is_refused_and_never_overwritten(ring, path, content):
    path.write_bytes(content)
    with pytest.raises(KeyFileRefused, match="Put back your copy"):
        KeyRing.load_or_create(path)
    assert path.read_bytes() == content


def test_a_file_that_lacks_a_use_is_refused(ring, path):
    data = json.loads(path.read_text())
    data["keys"] = [key for key in data["keys"] if key["use"] == "signing"]
    path.write_text(json.dumps(data))
    with pytest.raises(KeyFileRefused, match="lacks a key"):
        KeyRing.load_or_create(path)


def test_a_folder_in_its_place_is_refused_with_a_sentence(tmp_path):
    with pytest.raises(KeyFileRefused, match="cannot be used"):
        KeyRing.load_or_create(tmp_path)


def test_a_key_never_shows_its_secret(ring):
    assert "secret" not in repr(ring._keys)


# --- encryption


@given(
    st.text(st.characters(exclude_categories=["Cs"])), st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
)
@same_ring
def test_what_was_encrypted_is_read_back(tmp_path, plaintext, context):
    ring = KeyRing.load_or_create(tmp_path / "keys.json")
    token = ring.encrypt(plaintext, context=context)
    assert ring.decrypt(token, context=context) == plaintext
    assert token.isascii()


def test_the_same_text_never_encrypts_to_the_same_token(ring):
    assert ring.encrypt("a", context="c") != ring.encrypt("a", context="c")


def test_a_token_moved_to_another_place_is_unreadable(ring):
    token = ring.encrypt("geheim", context="inbox:1")
    with pytest.raises(SecretUnreadable, match="altered or belongs elsewhere"):
        ring.decrypt(token, context="inbox:2")


def test_every_altered_character_makes_a_token_unreadable(ring):
    token = ring.encrypt("geheim", context="c")
    for place in range(len(token)):
        for other in set("ABQgw+") - {token[place]}:
            with pytest.raises(SecretUnreadable):
                ring.decrypt(token[:place] + other + token[place + 1 :], context="c")


@pytest.mark.parametrize("token", ["", "x", "e1", "e1.abcd", "e1..", "plain text", "é.é.é"])
def test_what_is_no_token_is_unreadable(ring, token):
    with pytest.raises(SecretUnreadable):
        ring.decrypt(token, context="c")


def test_a_short_payload_under_a_known_key_is_unreadable(ring):
    key_id = ring.encrypt("a", context="c").split(".")[1]
    with pytest.raises(SecretUnreadable):
        ring.decrypt(f"e1.{key_id}.AAAA", context="c")


def test_a_missing_key_is_named(ring, tmp_path):
    token = KeyRing.load_or_create(tmp_path / "other.json").encrypt("geheim", context="c")
    with pytest.raises(SecretUnreadable) as caught:
        ring.decrypt(token, context="c")
    assert caught.value.missing_key_id == token.split(".")[1]
    assert caught.value.missing_key_id in str(caught.value)


# --- rotation


def test_after_a_rotation_new_keys_make_and_old_ones_still_read(ring):
    token, signature = ring.encrypt("a", context="c"), ring.sign(b"m", purpose="p")
    ring.rotate()
    assert ring.decrypt(token, context="c") == "a"
    assert ring.verify(b"m", signature, purpose="p")
    assert ring.encrypt("a", context="c").split(".")[1] != token.split(".")[1]
    assert ring.sign(b"m", purpose="p")[:4] != signature[:4]


def test_one_use_can_be_rotated_alone(ring):
    signature = ring.sign(b"m", purpose="p")
    ring.rotate("encryption")
    assert len(ring.key_ids) == 3
    assert ring.sign(b"m", purpose="p") == signature


def test_a_running_process_learns_of_a_rotation_elsewhere(ring, path):
    KeyRing.load_or_create(path).rotate()
    other = KeyRing.load_or_create(path)
    assert ring.decrypt(other.encrypt("a", context="c"), context="c") == "a"
    assert ring.verify(b"m", other.sign(b"m", purpose="p"), purpose="p")


def test_two_rotations_at_once_lose_no_key(ring, path):
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=KeyRing.load_or_create(path).rotate) for _ in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(KeyRing.load_or_create(path).key_ids) == 2 + 6 * 2


def test_a_file_that_vanished_does_not_disturb_a_running_process(ring, path):
    token = ring.encrypt("a", context="c")
    path.unlink()
    assert ring.decrypt(token, context="c") == "a"
    assert not ring.verify(b"m", "aaaa" + "b" * 26, purpose="p")


# --- signatures


def test_a_signature_is_safe_in_mail_and_survives_a_change_of_case(ring):
    signature = ring.sign(b"m", purpose="p")
    assert len(signature) == 30
    assert set(signature) <= set("abcdefghijklmnopqrstuvwxyz234567")
    assert ring.verify(b"m", signature.upper(), purpose="p")


@pytest.mark.parametrize(("bits", "chars"), [(80, 20), (128, 30), (160, 36), (256, 56)])
def test_a_signature_is_as_long_as_asked_for(ring, bits, chars):
    signature = ring.sign(b"m", purpose="p", length_bits=bits)
    assert len(signature) == chars
    assert ring.verify(b"m", signature, purpose="p", length_bits=bits)


@pytest.mark.parametrize("bits", [0, 64, 79, 257])
def test_a_signature_that_could_be_guessed_is_never_made(ring, bits):
    with pytest.raises(ValueError, match="80 to 256"):
        ring.sign(b"m", purpose="p", length_bits=bits)


def test_another_message_or_purpose_or_length_does_not_verify(ring):
    signature = ring.sign(b"m", purpose="p")
    assert not ring.verify(b"n", signature, purpose="p")
    assert not ring.verify(b"m", signature, purpose="q")
    assert not ring.verify(b"m", signature[:20], purpose="p", length_bits=128)
    assert not ring.verify(b"m", ring.sign(b"m", purpose="p", length_bits=80), purpose="p")


def test_a_purpose_cannot_borrow_bytes_from_the_message(ring):
    assert not ring.verify(b"c", ring.sign(b"bc", purpose="a"), purpose="ab")


def test_every_altered_character_breaks_a_signature(ring):
    signature = ring.sign(b"m", purpose="p")
    for place in range(len(signature)):
        altered = signature[:place] + ("a" if signature[place] != "a" else "b") + signature[place + 1 :]
        assert not ring.verify(b"m", altered, purpose="p")


@pytest.mark.parametrize("signature", ["", "a", "aaaa", "ééééé", "\x00" * 30, "𝔞" * 30])
def test_what_is_no_signature_does_not_verify(ring, signature):
    assert not ring.verify(b"m", signature, purpose="p")


def test_signatures_are_compared_in_constant_time(ring, monkeypatch):
    monkeypatch.setattr("hmac.compare_digest", lambda one, other: True)
    signature = ring.sign(b"m", purpose="p")
    assert ring.verify(b"m", signature[:4] + "a" * 26, purpose="p")


# --- signed values, derived secrets, tokens


def test_a_signed_value_is_read_until_its_end(ring):
    token = ring.sign_value({"file": 7, "name": "é"}, purpose="file", expires_at=NOON)
    assert ring.read_value(token, purpose="file", now=NOON - timedelta(seconds=1)) == {"file": 7, "name": "é"}
    with pytest.raises(SignedValueRefused) as caught:
        ring.read_value(token, purpose="file", now=NOON)
    assert caught.value.expired


def test_a_signed_value_for_another_purpose_is_refused(ring):
    token = ring.sign_value({}, purpose="file", expires_at=NOON)
    with pytest.raises(SignedValueRefused) as caught:
        ring.read_value(token, purpose="invitation", now=NOON - timedelta(days=1))
    assert not caught.value.expired


@given(st.text(max_size=40), st.text("abc.-_=2", max_size=60))
@same_ring
def test_a_forged_signed_value_is_refused(tmp_path, one, other):
    ring = KeyRing.load_or_create(tmp_path / "keys.json")
    for forged in (one, other):
        with pytest.raises(SignedValueRefused):
            ring.read_value(forged, purpose="file", now=NOON)


def test_a_signature_cannot_pass_for_a_signed_value(ring):
    payload = secrets._base64(b"[9999999999,{}]")
    signature = ring.sign(b"[9999999999,{}]", purpose="file")
    with pytest.raises(SignedValueRefused):
        ring.read_value(f"{payload}.{signature}", purpose="file", now=NOON)


def test_derived_secrets_are_stable_apart_and_follow_rotation(ring, path):
    before = ring.derive("django")
    assert KeyRing.load_or_create(path).derive("django") == before
    assert ring.derive("other") != before
    ring.rotate("signing")
    assert ring.derived_secrets("django")[1] == before
    assert ring.derive("django") == ring.derived_secrets("django")[0] != before


def test_random_tokens_are_long_enough_and_never_the_same():
    tokens = {secrets.random_token() for _ in range(1000)}
    assert len(tokens) == 1000
    assert {len(token) for token in tokens} == {32}


def test_signing_does_not_load_the_encryption_library(path):
    code = (
        "import sys, pathlib; from rapport.kit.secrets import KeyRing;"
        "ring = KeyRing.load_or_create(pathlib.Path(sys.argv[1])); ring.sign(b'm', purpose='p');"
        "sys.exit('cryptography' in sys.modules or 'django' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code, str(path)], check=False).returncode == 0


# --- retiring a key that leaked


def test_a_retired_key_reads_and_proves_nothing_any_more(ring, path):
    encryption, signing = ring.makes("encryption"), ring.makes("signing")
    token, signature = ring.encrypt("geheim", context="c"), ring.sign(b"m", purpose="p")
    value = ring.sign_value({"a": 1}, purpose="p", expires_at=NOON)
    leaked = path.read_text()
    running = KeyRing.load_or_create(path)  # another process, which holds the keys in its memory
    derived = ring.derive("django")
    ring.rotate()
    moved = ring.renewed(token, context="c")
    assert running.decrypt(moved, context="c") == "geheim"
    ring.retire(encryption, signing)
    for each in (ring, running, KeyRing.load_or_create(path)):
        with pytest.raises(SecretUnreadable) as refused:
            each.decrypt(token, context="c")
        assert refused.value.missing_key_id == encryption
        assert each.decrypt(moved, context="c") == "geheim"
        assert not each.verify(b"m", signature, purpose="p")
        with pytest.raises(SignedValueRefused):
            each.read_value(value, purpose="p", now=NOON - timedelta(hours=1))
        assert derived not in each.derived_secrets("django")
        assert set(each.key_ids).isdisjoint({encryption, signing})
    secrets_then = [row["secret"] for row in json.loads(leaked)["keys"]]
    assert not [secret for secret in secrets_then if secret in path.read_text()]


def test_a_retired_key_does_not_come_back_with_an_old_archive(ring, path, tmp_path):
    old = tmp_path / "old.json"
    old.write_text(path.read_text())
    retired = ring.makes("signing")
    ring.rotate()
    ring.retire(retired)
    ring.adopt(old)
    assert retired not in ring.key_ids


def test_the_key_that_makes_what_is_new_is_not_retired(ring, path):
    before = path.read_text()
    for ids in ([ring.makes("signing")], ["none"]):
        with pytest.raises(KeyFileRefused):
            ring.retire(*ids)
    assert path.read_text() == before


def test_renewing_leaves_alone_what_the_newest_key_made(ring):
    token = ring.encrypt("geheim", context="c")
    assert ring.renewed(token, context="c") == token
    ring.rotate("encryption")
    assert ring.decrypt(ring.renewed(token, context="c"), context="c") == "geheim"
    with pytest.raises(SecretUnreadable):
        ring.renewed(token, context="elsewhere")
