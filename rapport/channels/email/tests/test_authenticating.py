"""Who vouches for a sender: only the inbox's own server, and only for the domain in From."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from rapport.channels.contract import Address, Inbound
from rapport.channels.email.authenticating import AUTHENTICATED, CLAIMED, FAILED, judge, says_spam

OURS = "mx.fleur.example"


def inbound(*headers: str, sender: str = "carla@example.org", **more: Any) -> Inbound:
    return Inbound(sender=Address(sender), authentication_results=list(headers), **more)


def verdict(*headers: str, authserv_id: str = OURS, **more: Any) -> str:
    return judge(inbound(*headers, **more), b"", authserv_id=authserv_id, look_up=None)


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("mx.fleur.example; dkim=pass header.d=example.org", AUTHENTICATED),
        ("mx.fleur.example; dkim=pass header.d=mail.example.org", AUTHENTICATED),
        ("mx.fleur.example; dkim=pass header.i=@example.org", AUTHENTICATED),
        ("mx.fleur.example; dkim=pass header.i=joe@example.org", AUTHENTICATED),
        ("mx.fleur.example; dmarc=pass header.from=example.org", AUTHENTICATED),
        ("mx.fleur.example; dmarc=pass (p=reject dis=none) header.from=example.org", AUTHENTICATED),
        ("mx.fleur.example; spf=pass smtp.mailfrom=bounce@example.org", AUTHENTICATED),
        ("mx.fleur.example; spf=pass smtp.mailfrom=example.org", AUTHENTICATED),
        ("MX.Fleur.Example 1; DKIM=PASS HEADER.D=EXAMPLE.ORG", AUTHENTICATED),
        ('mx.fleur.example; dkim=pass header.d="example.org"', AUTHENTICATED),
        ("mx.fleur.example; spf=fail smtp.mailfrom=example.org; dkim=pass header.d=example.org", AUTHENTICATED),
        # another domain than the one people read
        ("mx.fleur.example; dkim=pass header.d=evil.example", CLAIMED),
        ("mx.fleur.example; dkim=pass header.d=notexample.org", CLAIMED),
        ("mx.fleur.example; dkim=pass header.d=example.org.evil.example", CLAIMED),
        ("mx.fleur.example; dkim=pass header.d=org", CLAIMED),
        ("mx.fleur.example; dkim=pass", CLAIMED),
        ("mx.fleur.example; dkim=pass header.d=", CLAIMED),
        ("mx.fleur.example; spf=pass smtp.mailfrom=bounce@evil.example", CLAIMED),
        ("mx.fleur.example; spf=pass smtp.helo=example.org", CLAIMED),
        ("mx.fleur.example; dmarc=pass header.from=evil.example", CLAIMED),
        ("mx.fleur.example; dmarc=fail header.from=evil.example", CLAIMED),
        # beside each other below one registered domain, but not below a name under which strangers register
        ("mx.fleur.example; dkim=pass header.d=news.example.org", AUTHENTICATED),
        ("mx.fleur.example; dkim=pass header.d=.example.org.", AUTHENTICATED),
        # no verdict, or a bad one
        ("mx.fleur.example; dkim=fail header.d=example.org", CLAIMED),
        ("mx.fleur.example; dkim=none", CLAIMED),
        ("mx.fleur.example; none", CLAIMED),
        ("mx.fleur.example", CLAIMED),
        ("mx.fleur.example; xdkim=pass header.d=example.org", CLAIMED),
        ("mx.fleur.example; dkim=passed header.d=example.org", CLAIMED),
        ("mx.fleur.example; arc=pass header.d=example.org", CLAIMED),
        ("mx.fleur.example; dmarc=fail header.from=example.org", FAILED),
        ("mx.fleur.example; dmarc=fail (p=reject) header.from=example.org; spf=none", FAILED),
        # comments prove nothing
        ("mx.fleur.example; dkim=fail (dkim=pass header.d=example.org)", CLAIMED),
        ("mx.fleur.example; dkim=none (;) ; spf=none ( ; dkim=pass header.d=example.org)", CLAIMED),
        ('mx.fleur.example; spf=fail smtp.mailfrom="a; dkim=pass header.d=example.org"@evil.example', CLAIMED),
        ("mx.fleur.example; spf=fail (a (b) ; dkim=pass header.d=example.org ) smtp.mailfrom=evil.example", CLAIMED),
        ("mx.fleur.example; spf=fail (never closed; dkim=pass header.d=example.org", CLAIMED),
        ('mx.fleur.example; spf=fail smtp.mailfrom="never closed; dkim=pass header.d=example.org', CLAIMED),
        (r'mx.fleur.example; spf=fail smtp.mailfrom="a\"; dkim=pass header.d=example.org; \""@evil.example', CLAIMED),
        ("mx.fleur.example; dkim=pass header.i=x.header.d=example.org@evil.example", CLAIMED),
        ("mx.fleur.example; spf=pass smtp.mailfrom=example.org@evil.example", CLAIMED),
        ("mx.fleur.example; dkim=pass header.d=evil.example header.d=example.org", CLAIMED),
        ("mx.fleur.example; dkim = pass header.d = example.org", AUTHENTICATED),
        ("mx.fleur.example; dkim/1=pass header.d=example.org", AUTHENTICATED),
        # another server's word
        ("mx.evil.example; dkim=pass header.d=example.org", CLAIMED),
        ("mx.fleur.example.evil; dkim=pass header.d=example.org", CLAIMED),
        ("", CLAIMED),
        (";;;", CLAIMED),
    ],
)
def test_a_verdict_counts_when_ours_and_aligned(header: str, told: str):
    assert verdict(header) == told


def test_without_a_named_server_no_header_counts():
    assert verdict("; dkim=pass header.d=example.org", authserv_id="") == CLAIMED
    assert verdict("mx.fleur.example; dkim=pass header.d=example.org", authserv_id="") == CLAIMED


def test_a_header_of_our_name_below_a_foreign_one_is_the_senders_own_work():
    forged = f"{OURS}; dkim=pass header.d=example.org"
    assert verdict("relay.example; none", forged) == CLAIMED
    assert verdict(f"{OURS}; none", "relay.example; none", forged) == CLAIMED


def test_our_server_may_write_several_headers():
    assert verdict(f"{OURS}; spf=none", f"{OURS}; dkim=pass header.d=example.org") == AUTHENTICATED


def test_a_pass_outweighs_a_failure_of_another_method():
    results = f"{OURS}; dmarc=fail header.from=example.org", f"{OURS}; dkim=pass header.d=example.org"
    assert verdict(*results) == AUTHENTICATED


def test_a_sender_shown_in_a_suspicious_way_is_never_authenticated():
    passing = f"{OURS}; dmarc=pass header.from=example.org"
    assert verdict(passing, suspicious_sender=True) == FAILED


def test_a_mail_without_sender_is_only_claimed():
    found = Inbound(sender=None, authentication_results=[f"{OURS}; dkim=pass header.d=example.org"])
    assert judge(found, b"", authserv_id=OURS, look_up=None) == CLAIMED


@pytest.mark.parametrize(
    ("headers", "spam"),
    [
        ({"x-spam-flag": "YES"}, True),
        ({"x-spam-status": "Yes, score=9.1"}, True),
        ({"x-spam-status": "No, score=-1"}, False),
        ({"x-spam": "Yes"}, True),
        ({"x-rspamd-action": "add header"}, True),
        ({"x-rspamd-action": "no action"}, False),
        ({"x-ms-exchange-organization-scl": "6"}, True),
        ({"x-ms-exchange-organization-scl": "-1"}, False),
        ({}, False),
    ],
)
def test_well_known_spam_headers_are_understood(headers: dict[str, str], spam: bool):
    assert says_spam(headers) == spam


class Signer:
    """A domain that signs its mail with a key of its own; `look_up` is the only DNS there is."""

    def __init__(self, domain: str = "example.org") -> None:
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import rsa

        key = rsa.generate_private_key(65537, 2048)
        plain = serialization.NoEncryption()
        self.domain = domain
        self.private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, plain
        )
        der = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        self.record = b"v=DKIM1; k=rsa; p=" + base64.b64encode(der)
        self.asked: list[bytes] = []

    def look_up(self, name: bytes) -> bytes | None:
        self.asked.append(name)
        return self.record if name.rstrip(b".") == b"post._domainkey." + self.domain.encode() else None

    def sign(self, raw: bytes, **options: Any) -> bytes:
        import dkim

        return bytes(dkim.sign(raw, b"post", self.domain.encode(), self.private, **options)) + raw


@pytest.fixture(scope="module")
def signer() -> Signer:
    return Signer()


RAW = b"From: Carla <carla@example.org>\r\nTo: hello@fleur.example\r\nSubject: Tulips\r\n\r\nWhere are they?\r\n"


def checked_here(raw: bytes, signer: Signer, **more: Any) -> str:
    return judge(inbound(**more), raw, authserv_id="", look_up=signer.look_up)


def test_a_valid_signature_of_the_senders_domain_authenticates(signer: Signer):
    assert checked_here(signer.sign(RAW), signer) == AUTHENTICATED


def test_an_altered_mail_is_only_claimed(signer: Signer):
    assert checked_here(signer.sign(RAW).replace(b"Where are", b"Here are"), signer) == CLAIMED
    assert checked_here(signer.sign(RAW).replace(b"Carla <carla@", b"Carla <clara@"), signer) == CLAIMED


def test_a_signature_of_another_domain_proves_nothing(signer: Signer):
    assert checked_here(signer.sign(RAW), signer, sender="carla@bank.example") == CLAIMED


def test_a_second_from_above_a_signed_mail_is_not_covered(signer: Signer):
    forged = b"From: boss@example.org\r\n" + signer.sign(RAW)
    assert checked_here(forged, signer, sender="boss@example.org") == CLAIMED


def test_text_appended_beyond_a_signed_length_is_not_covered(signer: Signer):
    raw = signer.sign(RAW, length=True) + b"Pay to this account instead.\r\n"
    assert checked_here(raw, signer) == CLAIMED


def test_no_key_no_answer_and_no_signature_are_only_claimed(signer: Signer):
    signed = signer.sign(RAW)
    assert judge(inbound(), signed, authserv_id="", look_up=lambda name: None) == CLAIMED
    assert checked_here(RAW, signer) == CLAIMED
    assert checked_here(b"DKIM-Signature: v=1; a=rsa; d=; s=; bh=!; b=\r\n" + RAW, signer) == CLAIMED


def test_a_broken_signature_beside_a_valid_one_harms_nothing(signer: Signer):
    broken = b"DKIM-Signature: v=1; a=rsa-sha256; d=example.org; s=gone; h=from; bh=AA==; b=AA==\r\n"
    assert checked_here(broken + signer.sign(RAW), signer) == AUTHENTICATED


def test_a_mail_with_a_hundred_signatures_is_not_asked_for_a_hundred_times(signer: Signer):
    signer.asked.clear()
    broken = b"DKIM-Signature: v=1; a=rsa-sha256; d=example.org; s=gone; h=from; bh=AA==; b=AA==\r\n"
    checked_here(broken * 100 + RAW, signer)
    assert len(signer.asked) <= 5


@pytest.mark.parametrize(
    ("sender", "signer", "told"),
    [
        ("shop@news.example.org", "mail.example.org", AUTHENTICATED),
        ("shop@a.b.example.co.uk", "example.co.uk", AUTHENTICATED),
        ("shop@bücher.example", "mail.xn--bcher-kva.example", AUTHENTICATED),
        ("shop@good.co.uk", "evil.co.uk", CLAIMED),
        ("shop@good.co.uk", "co.uk", CLAIMED),
        ("shop@github.io", "evil.github.io", CLAIMED),
        ("shop@good.github.io", "evil.github.io", CLAIMED),
        ("shop@good.github.io", "github.io", CLAIMED),
        ("shop@org", "evil.org", CLAIMED),
        ("shop@example.org", "com", CLAIMED),
        ("shop@x.kobe.jp", "kobe.jp", CLAIMED),
        ("shop@city.kobe.jp", "www.city.kobe.jp", AUTHENTICATED),
    ],
)
def test_domains_speak_for_each_other_within_one_organisation_only(sender: str, signer: str, told: str):
    assert verdict(f"mx.fleur.example; dkim=pass header.d={signer}", sender=sender) == told
