"""The key ring: a file of keys that encrypt what must be read again and sign what comes back from outside.

Every token and signature names its key, so keys rotate without breaking what older ones made. Encrypted values are
bound to a context, signatures to a purpose: neither can be moved to another place. A key that leaked is retired: its id
stays, its secret is gone, and nothing it made is taken any more.
"""

from __future__ import annotations

import base64
import binascii
import fcntl
import hashlib
import hmac
import json
import logging
import os
import secrets
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from rapport.kit import clock
from rapport.kit.durable import write_durably

log = logging.getLogger(__name__)

KeyUse = Literal["encryption", "signing"]
KEY_USES: tuple[KeyUse, ...] = ("encryption", "signing")
KEY_ID_CHARS = 4
_FORMAT = 1
_TOKEN_MARK = "e1"  # noqa: S105 - the format of a token, not a secret


class KeyFileRefused(Exception):
    """The key file cannot be used as it is; the text names the file, the fault and the cure."""


class SecretUnreadable(Exception):
    """An encrypted value cannot be opened: its key is missing (`missing_key_id`) or it was altered or moved (None)."""

    def __init__(self, reason: str, missing_key_id: str | None = None) -> None:
        super().__init__(reason)
        self.missing_key_id = missing_key_id


class SignedValueRefused(Exception):
    """A signed value is forged, meant for another purpose or, with `expired` set, too old."""

    def __init__(self, reason: str, *, expired: bool = False) -> None:
        super().__init__(reason)
        self.expired = expired


@dataclass(frozen=True, slots=True)
class Key:
    """One key: 32 random bytes for one use. The id is four letters or digits, unique in its ring.

    `retired` says since when it is not to be used any more; such a key has no bytes.
    """

    id: str
    use: KeyUse
    created: str
    secret: bytes = field(repr=False)
    retired: str = ""


def random_token(bits: int = 160) -> str:
    """Fresh randomness as lower-case base32: safe in addresses, file names and mail, read aloud without doubt."""
    return _base32(secrets.token_bytes((bits + 7) // 8))


class KeyRing:
    """All keys of one installation, kept in one file; the newest of each use makes, all that are not retired read.

    What another process did to the file counts here from the next use on.
    """

    def __init__(self, path: Path, keys: tuple[Key, ...], seen: tuple[int, int]) -> None:
        self.path = path
        self._keys = keys
        self._seen = seen
        self._reloading = threading.Lock()

    @classmethod
    def load_or_create(cls, path: Path) -> KeyRing:
        """Open the ring at `path`, or make one with mode 0600; processes that start together get the same ring.

        Raises KeyFileRefused when the file is damaged, unreadable, or open to others and cannot be closed to them.
        """
        try:
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                with _locked(path):
                    if not path.exists():
                        _store(path, tuple(_new_key(use, ()) for use in KEY_USES))
            return cls(path, *_load(path))
        except OSError as error:
            raise KeyFileRefused(
                f"The key file {path} cannot be used: {error.strerror}. Check its owner and folder."
            ) from None

    @property
    def key_ids(self) -> tuple[str, ...]:
        """The ids of all keys that are in use, oldest first."""
        return tuple(key.id for key in self.keys if not key.retired)

    @property
    def keys(self) -> tuple[Key, ...]:
        """All keys, the retired ones too, oldest first."""
        self._reload()
        return self._keys

    def makes(self, use: KeyUse) -> str:
        """The id of the key that makes what is new."""
        return self._newest(use).id

    def rotate(self, *uses: KeyUse) -> None:
        """Add a new key for each of `uses` (default: both). Old keys keep reading. Raises KeyFileRefused, OSError."""
        with _locked(self.path):
            keys, _ = _load(self.path)
            for use in uses or KEY_USES:
                keys += (_new_key(use, keys),)
            _store(self.path, keys)
            self._keys, self._seen = _load(self.path)

    def retire(self, *ids: str) -> None:
        """Erase the secrets of these keys, for ever: nothing they encrypted is read, nothing they signed is taken.

        Raises KeyFileRefused, with the ring unchanged, when one is unknown or is the newest of its use; OSError.
        """
        with _locked(self.path):
            keys, _ = _load(self.path)
            newest = {_newest_of(keys, use).id for use in KEY_USES}
            if unknown := set(ids) - {key.id for key in keys}:
                raise KeyFileRefused(f"The key file {self.path} has no key {', '.join(sorted(unknown))}.")
            if making := newest & set(ids):
                raise KeyFileRefused(f"The key {', '.join(sorted(making))} is the newest of its use. Rotate first.")
            now = clock.utc_iso(clock.now())
            _store(
                self.path,
                tuple(
                    replace(key, secret=b"", retired=now) if key.id in ids and not key.retired else key for key in keys
                ),
            )
            self._keys, self._seen = _load(self.path)

    def adopt(self, other: Path) -> None:
        """Add the keys of another key file, as older ones than ours. Raises KeyFileRefused, OSError."""
        with _locked(self.path):
            own, _ = _load(self.path)
            known = {key.id for key in own}
            adopted = tuple(key for key in _load(other)[0] if key.id not in known)
            _store(self.path, adopted + own)
            self._keys, self._seen = _load(self.path)

    def encrypt(self, plaintext: str, *, context: str) -> str:
        """A printable token that only this ring opens, and only for the same `context`."""
        key = self._newest("encryption")
        nonce = secrets.token_bytes(12)
        sealed = _cipher(key).encrypt(nonce, plaintext.encode(), _bound(key.id, context))
        return f"{_TOKEN_MARK}.{key.id}.{_base64(nonce + sealed)}"

    def decrypt(self, token: str, *, context: str) -> str:
        """What encrypt() was given. Raises SecretUnreadable; it names the key when that is what is missing."""
        from cryptography.exceptions import InvalidTag

        mark, _, rest = token.partition(".")
        key_id, _, payload = rest.partition(".")
        if mark != _TOKEN_MARK or not payload:
            raise SecretUnreadable("This is not an encrypted value.")
        key = self._find("encryption", key_id)
        if key is None:
            raise SecretUnreadable(f"The key {key_id[:20]!r} is not in the key file {self.path}, or retired.", key_id)
        try:
            data = _unbase64(payload)
            plaintext: bytes = _cipher(key).decrypt(data[:12], data[12:], _bound(key.id, context))
            return plaintext.decode()
        except (InvalidTag, ValueError):
            raise SecretUnreadable("This encrypted value was altered or belongs elsewhere.") from None

    def renewed(self, token: str, *, context: str) -> str:
        """The same secret under the newest key; the very token when that made it. Raises SecretUnreadable."""
        if token.split(".")[1:2] == [self.makes("encryption")]:
            return token
        return self.encrypt(self.decrypt(token, context=context), context=context)

    def sign(self, message: bytes, *, purpose: str, length_bits: int = 128) -> str:
        """Key id and HMAC-SHA256 in lower-case base32: 30 characters at 128 bits, safe in mail and addresses.

        Raises ValueError outside 80 to 256 bits.
        """
        return _signature(self._newest("signing"), message, purpose, length_bits)

    def verify(self, message: bytes, signature: str, *, purpose: str, length_bits: int = 128) -> bool:
        """Whether a key of this ring signed `message` for `purpose`. Letter case does not matter (mail changes it)."""
        given = signature.lower()
        key = self._find("signing", given[:KEY_ID_CHARS])
        if key is None or not given.isascii():
            return False
        return hmac.compare_digest(_signature(key, message, purpose, length_bits), given)

    def sign_value(self, value: dict[str, Any], *, purpose: str, expires_at: datetime) -> str:
        """`value` (JSON) and its end in one address-safe token; readable by anyone, made by this ring only."""
        payload = json.dumps([int(expires_at.timestamp()), value], separators=(",", ":"), sort_keys=True).encode()
        return f"{_base64(payload)}.{self.sign(payload, purpose='value:' + purpose)}"

    def read_value(self, token: str, *, purpose: str, now: datetime | None = None) -> dict[str, Any]:
        """What sign_value() was given. Raises SignedValueRefused."""
        encoded, _, signature = token.partition(".")
        try:
            payload = _unbase64(encoded)
        except ValueError:
            payload = b""
        if not self.verify(payload, signature, purpose="value:" + purpose):
            raise SignedValueRefused("This signed value was not made here for this purpose.")
        end, value = json.loads(payload)
        if (now or clock.now()).timestamp() >= end:
            raise SignedValueRefused("This signed value is no longer valid.", expired=True)
        return dict(value)

    def derive(self, purpose: str) -> str:
        """The newest of derived_secrets(): changes when the signing key is rotated."""
        return self.derived_secrets(purpose)[0]

    def derived_secrets(self, purpose: str) -> list[str]:
        """A stable secret for `purpose` from each signing key, newest first: one to use and older ones to accept."""
        keys = [key for key in reversed(self.keys) if key.use == "signing" and not key.retired]
        return [_base32(_hmac(key, b"", "derived:" + purpose)) for key in keys]

    def _newest(self, use: KeyUse) -> Key:
        return _newest_of(self.keys, use)

    def _find(self, use: KeyUse, key_id: str) -> Key | None:
        """A key by id, unless it is retired."""
        return next((key for key in self.keys if key.id == key_id and key.use == use and not key.retired), None)

    def _reload(self) -> None:
        """Another process may have rotated or retired since: one look at the file's date tells."""
        try:
            if _version(self.path.stat()) == self._seen:
                return
            with self._reloading:
                self._keys, self._seen = _load(self.path)
        except (OSError, KeyFileRefused) as error:
            log.warning("The key file could not be read again: %s", error)


def _signature(key: Key, message: bytes, purpose: str, length_bits: int) -> str:
    if not 80 <= length_bits <= 256:
        raise ValueError("A signature has 80 to 256 bits.")
    return key.id + _base32(_hmac(key, message, "sign:" + purpose)[: (length_bits + 7) // 8])


def _hmac(key: Key, message: bytes, purpose: str) -> bytes:
    """The purpose's length leads, so that no purpose and message can be cut differently to the same bytes."""
    label = purpose.encode()
    return hmac.digest(key.secret, len(label).to_bytes(4, "big") + label + message, hashlib.sha256)


def _newest_of(keys: tuple[Key, ...], use: KeyUse) -> Key:
    return next(key for key in reversed(keys) if key.use == use and not key.retired)


def _cipher(key: Key) -> Any:
    # Imported where used: the library costs memory and start-up time that most processes never need.
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(key.secret)


def _bound(key_id: str, context: str) -> bytes:
    return f"{_TOKEN_MARK}.{key_id}.{context}".encode()


def _new_key(use: KeyUse, others: tuple[Key, ...]) -> Key:
    taken = {key.id for key in others}
    key_id = next(name for name in iter(lambda: random_token(20)[:KEY_ID_CHARS], "") if name not in taken)
    return Key(key_id, use, clock.utc_iso(clock.now()), secrets.token_bytes(32))


def _store(path: Path, keys: tuple[Key, ...]) -> None:
    rows = [
        {"id": k.id, "use": k.use, "created": k.created}
        | ({"retired": k.retired} if k.retired else {"secret": _base64(k.secret)})
        for k in keys
    ]
    write_durably(path, (json.dumps({"format": _FORMAT, "keys": rows}, indent=1) + "\n").encode(), mode=0o600)


def _load(path: Path) -> tuple[tuple[Key, ...], tuple[int, int]]:
    """All keys and the file's version. Raises KeyFileRefused, OSError."""
    with path.open("rb") as file:
        status = os.fstat(file.fileno())
        _close_to_others(path, file.fileno(), status)
        data = file.read(1_000_000)
    try:
        keys = tuple(_read_key(row) for row in json.loads(data)["keys"])
    except (ValueError, KeyError, TypeError):
        raise KeyFileRefused(f"The key file {path} is damaged. Put back your copy of it.") from None
    if {key.use for key in keys if not key.retired} != set(KEY_USES):
        raise KeyFileRefused(f"The key file {path} lacks a key for signing or encryption. Put back your copy of it.")
    return keys, _version(status)


def _read_key(row: dict[str, str]) -> Key:
    use: KeyUse = "encryption" if row["use"] == "encryption" else "signing"
    retired = row.get("retired", "")
    secret = b"" if retired else _unbase64(row["secret"])
    if len(secret) != (0 if retired else 32) or len(row["id"]) != KEY_ID_CHARS or row["use"] not in KEY_USES:
        raise ValueError("not a key")
    return Key(row["id"], use, row["created"], secret, retired)


def _close_to_others(path: Path, handle: int, status: os.stat_result) -> None:
    if not stat.S_IMODE(status.st_mode) & 0o077:
        return
    try:
        os.fchmod(handle, 0o600)
    except OSError:
        raise KeyFileRefused(
            f"The key file {path} can be read by other users. Run: chmod 600 {path} (as its owner)."
        ) from None
    log.warning("The key file %s could be read by other users; its mode is now 0600. Consider new keys.", path)


def _version(status: os.stat_result) -> tuple[int, int]:
    return status.st_ino, status.st_mtime_ns


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """One process at a time changes the ring; the lock is on the folder, so no lock file is left lying about."""
    handle = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _base32(data: bytes) -> str:
    return base64.b32encode(data).decode().rstrip("=").lower()


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _unbase64(text: str) -> bytes:
    """Strict: only the one spelling that _base64 makes, so that no altered token reads the same. Raises ValueError."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error
    if _base64(data) != text:
        raise ValueError("not the canonical spelling")
    return data
