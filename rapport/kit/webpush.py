"""Web Push as the standards write it: a message only one browser can open (RFC 8291), and who sends it (RFC 8292).

The primitives are those of `cryptography`; what is ours is the order of the bytes, held by the example of RFC 8291.
"""

from __future__ import annotations

import base64
import binascii
import json
import secrets
from typing import Any
from urllib.parse import urlsplit

POINT_BYTES = 65
SECRET_BYTES = 16
RECORD_BYTES = 4096
# What a push service must take, less salt, record size, our key, the mark of the end and the cipher's tag.
MOST_BYTES = RECORD_BYTES - 16 - 4 - 1 - POINT_BYTES - 1 - 16
TOKEN_SECONDS = 12 * 3600
_STEP = 256


class BadSubscription(ValueError):
    """The keys are not those of a browser."""


def new_private_key() -> str:
    """A fresh key to sign with, as base64url of its 32 bytes."""
    from cryptography.hazmat.primitives.asymmetric import ec

    return to_base64(ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value.to_bytes(32, "big"))


def public_key(private: str) -> str:
    """What browsers are given, so that a push service takes messages from its owner only."""
    return to_base64(_point(_private(from_base64(private)).public_key()))


def read_keys(p256dh: str, auth: str) -> tuple[bytes, bytes]:
    """The two keys of a subscription. Raises BadSubscription, also for a point that is not on the curve."""
    try:
        point, secret = from_base64(p256dh), from_base64(auth)
        if len(point) != POINT_BYTES or len(secret) != SECRET_BYTES:
            raise BadSubscription
        _public(point)
    except ValueError:
        raise BadSubscription from None
    return point, secret


def encrypt(
    plain: bytes, *, point: bytes, secret: bytes, salt: bytes | None = None, private: bytes | None = None
) -> bytes:
    """The body of a push for the browser with these keys, one record of aes128gcm.

    Padded, so that its length tells little. `salt` and `private` are fresh; the standard's example, which has no
    padding, gives both. Raises ValueError when it is too long.
    """
    if len(plain) > MOST_BYTES:
        raise ValueError(f"A push holds {MOST_BYTES} bytes at most.")
    length = len(plain) if private else min(MOST_BYTES, -(-len(plain) // _STEP) * _STEP)
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    salt = salt or secrets.token_bytes(16)
    own = _private(private) if private else ec.generate_private_key(ec.SECP256R1())
    ours = _point(own.public_key())
    shared = own.exchange(ec.ECDH(), _public(point))
    material = _derived(shared, salt=secret, info=b"WebPush: info\0" + point + ours, length=32)
    key = _derived(material, salt=salt, info=b"Content-Encoding: aes128gcm\0", length=16)
    nonce = _derived(material, salt=salt, info=b"Content-Encoding: nonce\0", length=12)
    record = plain + b"\2" + bytes(length - len(plain))
    head = salt + RECORD_BYTES.to_bytes(4, "big") + bytes([POINT_BYTES]) + ours
    return head + AESGCM(key).encrypt(nonce, record, None)


def authorization(private: str, *, endpoint: str, contact: str, now: int) -> str:
    """The header that says who sends: a token for this push service alone, good for some hours."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

    parts = urlsplit(endpoint)
    claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": now + TOKEN_SECONDS, "sub": contact}
    signed = f"{_json({'typ': 'JWT', 'alg': 'ES256'})}.{_json(claims)}"
    r, s = decode_dss_signature(_private(from_base64(private)).sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    signature = to_base64(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    return f"vapid t={signed}.{signature}, k={public_key(private)}"


def to_base64(data: bytes) -> str:
    """Base64 for addresses, without padding."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def from_base64(text: str) -> bytes:
    """What to_base64 was given; padding does not matter. Raises ValueError."""
    bare = text.rstrip("=")
    try:
        return base64.b64decode(bare + "=" * (-len(bare) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("This is not base64url.") from None


def _derived(material: bytes, *, salt: bytes, info: bytes, length: int) -> bytes:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(algorithm=hashes.SHA256(), length=length, salt=salt, info=info).derive(material)


# Imported where used: the library costs memory and start-up time that most processes never need.
def _private(data: bytes) -> Any:
    from cryptography.hazmat.primitives.asymmetric import ec

    return ec.derive_private_key(int.from_bytes(data, "big"), ec.SECP256R1())


def _public(point: bytes) -> Any:
    from cryptography.hazmat.primitives.asymmetric import ec

    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)


def _point(key: Any) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    encoded: bytes = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return encoded


def _json(value: dict[str, Any]) -> str:
    return to_base64(json.dumps(value, separators=(",", ":")).encode())
