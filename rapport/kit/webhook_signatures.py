"""Signed requests in the manner of Standard Webhooks: an id, a time, and an HMAC over both and the body.

Whoever receives one needs the secret to know that it is ours, and the time to know that it is not an old one again.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets

PREFIX = "whsec_"
_FEWEST_BYTES = 24
_MOST_BYTES = 64


class BadSecret(ValueError):
    """Not `whsec_` and 24 to 64 bytes in base64."""


def new_secret() -> str:
    """A fresh secret as it is handed to the other side."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def key_of(secret: str) -> bytes:
    """The bytes of a secret, with or without its prefix. Raises BadSecret."""
    try:
        key = base64.b64decode(secret.strip().removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise BadSecret from None
    if not _FEWEST_BYTES <= len(key) <= _MOST_BYTES:
        raise BadSecret
    return key


def headers(secret: str, *, message_id: str, at: int, body: bytes) -> dict[str, str]:
    """The three headers. `at` in whole seconds since 1970. Raises BadSecret."""
    signed = f"{message_id}.{at}.".encode() + body
    digest = hmac.new(key_of(secret), signed, hashlib.sha256).digest()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(at),
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }
