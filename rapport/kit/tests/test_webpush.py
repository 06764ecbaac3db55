"""RFC 8291 by its own example, RFC 8292 by the public key alone."""

from __future__ import annotations

import json

import pytest
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from rapport.kit import webpush
from rapport.kit.webpush import BadSubscription, from_base64, to_base64
from tests.servers.push_service import Browser

# Section 5 and appendix A of RFC 8291.
PLAIN = b"When I grow up, I want to be a watermelon"
OURS = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
THEIRS = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
SEALED = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A"
    "_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def test_the_example_of_the_standard_comes_out_byte_by_byte():
    point, secret = webpush.read_keys(THEIRS, AUTH)
    sealed = webpush.encrypt(PLAIN, point=point, secret=secret, salt=from_base64(SALT), private=from_base64(OURS))
    assert to_base64(sealed) == SEALED


@pytest.mark.parametrize("length", [0, 1, 255, 256, 257, webpush.MOST_BYTES])
def test_a_browser_reads_what_was_sealed_for_it_and_nobody_else_does(length):
    browser, words = Browser(), b"x" * length
    point, secret = webpush.read_keys(browser.p256dh, browser.auth)
    sealed = webpush.encrypt(words, point=point, secret=secret)
    assert browser.open(sealed) == words
    assert len(sealed) <= webpush.RECORD_BYTES
    assert sealed != webpush.encrypt(words, point=point, secret=secret)
    with pytest.raises(InvalidTag):
        Browser().open(sealed)


def test_lengths_tell_little_and_what_is_too_long_is_refused():
    browser = Browser()
    point, secret = webpush.read_keys(browser.p256dh, browser.auth)
    sizes = {len(webpush.encrypt(b"x" * length, point=point, secret=secret)) for length in range(1, 257, 15)}
    assert len(sizes) == 1
    with pytest.raises(ValueError, match="bytes at most"):
        webpush.encrypt(b"x" * (webpush.MOST_BYTES + 1), point=point, secret=secret)


@pytest.mark.parametrize(
    ("p256dh", "auth"),
    [
        ("", ""),
        (THEIRS, ""),
        (THEIRS, AUTH + "AAAA"),
        (THEIRS[:-4], AUTH),
        (THEIRS, "ä" * 22),
        (THEIRS, "<script>alert(1)</script>"),
        (to_base64(b"\4" + b"\1" * 64), AUTH),  # not on the curve
        (to_base64(b"\2" + from_base64(THEIRS)[1:33]), AUTH),  # compressed
        (to_base64(b"\0" * 65), AUTH),
    ],
)
def test_keys_that_no_browser_makes_are_refused(p256dh, auth):
    with pytest.raises(BadSubscription):
        webpush.read_keys(p256dh, auth)


def test_the_token_names_the_push_service_and_its_end_and_is_signed_by_our_key():
    private = webpush.new_private_key()
    endpoint = "https://push.example:8443/send/abc?d=1"
    header = webpush.authorization(private, endpoint=endpoint, contact="https://desk.example", now=1_000_000)
    token, _, key = header.removeprefix("vapid t=").partition(", k=")
    head, claims, signature = token.split(".")
    assert json.loads(from_base64(head)) == {"typ": "JWT", "alg": "ES256"}
    assert json.loads(from_base64(claims)) == {
        "aud": "https://push.example:8443",
        "exp": 1_000_000 + 12 * 3600,
        "sub": "https://desk.example",
    }
    verify(key, signature, f"{head}.{claims}")
    with pytest.raises(InvalidSignature):
        verify(key, signature, f"{head}.{claims}x")
    assert key == webpush.public_key(private)
    assert len(from_base64(key)) == 65


def verify(key, signature, signed):
    raw = from_base64(signature)
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), from_base64(key))
    public.verify(der, signed.encode(), ec.ECDSA(hashes.SHA256()))
