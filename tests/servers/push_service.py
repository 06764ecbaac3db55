"""A push service and the browsers behind it: takes what is posted over TLS, answers as it is told, opens what it got."""

from __future__ import annotations

import json
import secrets
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from rapport.kit.webpush import to_base64
from tests.servers import certificates


class Browser:
    """The receiving end, written from RFC 8291 and sharing nothing with our sending end but base64."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self._secret = secrets.token_bytes(16)
        self.p256dh, self.auth = to_base64(self._point), to_base64(self._secret)

    def open(self, body: bytes) -> bytes:
        """What was sealed for this browser. Raises InvalidTag."""
        salt, size, sender, record = body[:16], int.from_bytes(body[16:20], "big"), body[21:86], body[86:]
        if body[20] != 65 or len(record) > size:
            raise ValueError("Not one record of aes128gcm.")
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
        shared = self._key.exchange(ec.ECDH(), public)
        material = _hkdf(shared, self._secret, b"WebPush: info\0" + self._point + sender, 32)
        key = _hkdf(material, salt, b"Content-Encoding: aes128gcm\0", 16)
        nonce = _hkdf(material, salt, b"Content-Encoding: nonce\0", 12)
        words, mark, padding = AESGCM(key).decrypt(nonce, record, None).rpartition(b"\2")
        if mark != b"\2" or padding.strip(b"\0"):
            raise ValueError("Not padded as it must be.")
        return words


@dataclass(frozen=True)
class Posted:
    """One request as it came; header names in lower case."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class PushService:
    """Listens on a port of its own. `answers` are played in turn, the last for ever: a status with its headers."""

    answers: list[tuple[int, dict[str, str]]] = field(default_factory=lambda: [(201, {})])
    posted: list[Posted] = field(default_factory=list)
    browser: Browser = field(default_factory=Browser)

    def __enter__(self) -> PushService:
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                service.posted.append(Posted(self.path, headers, self.rfile.read(length)))
                status, more = service.answers.pop(0) if len(service.answers) > 1 else service.answers[0]
                self.send_response(status)
                for name, value in {**more, "Content-Length": "0"}.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.socket = certificates.trusted().server_context().wrap_socket(self._server.socket, server_side=True)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def endpoint(self) -> str:
        """Where the browser is reached."""
        return f"https://localhost:{self._server.server_address[1]}/send/one"

    def said(self) -> list[dict[str, Any]]:
        """What the browser was told, opened, oldest first."""
        return [json.loads(self.browser.open(each.body)) for each in self.posted]


def _hkdf(material: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=salt, info=info).derive(material)
