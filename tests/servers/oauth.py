"""An OAuth 2 provider: consent page, authorisation code with PKCE, expiring tokens, rotating refresh tokens.

Beside what RFC 6749 asks for there is `/introspect?token=` for Dovecot, and `valid` for the SMTP sink.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import secrets
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.servers.ports import LOOPBACK

CONSENT = """<!doctype html><html lang="en"><title>Allow access</title><h1>Allow access to {user}?</h1>
<form method="post"><button name="answer" value="allow">Allow</button>
<button name="answer" value="deny">Deny</button></form></html>"""


@dataclass
class Grant:
    """One consent: whose, to whom, and what has been issued under it."""

    user: str
    redirect_uri: str
    challenge: str
    scope: str
    refresh_token: str = ""


@dataclass
class OAuthProvider:
    """The provider. Times are in seconds; `ledger` lists (path, parameters without secrets, answer)."""

    user: str = "shop@example.org"
    client_id: str = "rapport"
    client_secret: str = "client-secret"
    lifetime: int = 3600
    rotates: bool = True
    ledger: list[tuple[str, dict[str, str], str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._codes: dict[str, Grant] = {}
        self._refresh: dict[str, Grant] = {}
        self._access: dict[str, tuple[str, float]] = {}
        self._next_error = ""
        handler = type("Handler", (_Handler,), {"provider": self})
        self._server = ThreadingHTTPServer((LOOPBACK, 0), handler)
        self._server.daemon_threads = True
        self.url = f"http://{LOOPBACK}:{self._server.server_port}"

    def start(self) -> OAuthProvider:
        """Serve in a thread."""
        threading.Thread(target=self._server.serve_forever, daemon=True, name="oauth stand-in").start()
        return self

    def stop(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()

    @property
    def authorization_url(self) -> str:
        return f"{self.url}/authorize"

    @property
    def token_url(self) -> str:
        return f"{self.url}/token"

    @property
    def introspection_url(self) -> str:
        return f"{self.url}/introspect?token="

    def valid(self, user: str, token: str) -> bool:
        """Whether the access token is this user's and has not expired."""
        owner, end = self._access.get(token, ("", 0.0))
        return owner == user and time.time() < end

    def issue(self) -> dict[str, object]:
        """Tokens as after a consent, for tests that begin there."""
        with self._lock:
            return self._tokens(Grant(self.user, "", "", ""))

    def expire_access_tokens(self) -> None:
        """Every access token has run out; refresh tokens still work."""
        with self._lock:
            self._access.clear()

    def revoke(self) -> None:
        """The user took the consent back: nothing works any more."""
        with self._lock:
            self._access.clear()
            self._refresh.clear()

    def fail_next(self, error: str) -> None:
        """The next token request gets this error, for example "temporarily_unavailable" or "invalid_grant"."""
        self._next_error = error

    def consent(self, query: dict[str, str], answer: str) -> str:
        """Where the browser goes after the user's answer."""
        back = {"state": query.get("state", "")}
        if answer != "allow":
            return _with_query(query["redirect_uri"], {"error": "access_denied", **back})
        code = secrets.token_urlsafe(16)
        grant = Grant(self.user, query["redirect_uri"], query.get("code_challenge", ""), query.get("scope", ""))
        with self._lock:
            self._codes[code] = grant
        return _with_query(query["redirect_uri"], {"code": code, **back})

    def token(self, form: dict[str, str]) -> tuple[int, dict[str, object]]:
        """Answer a token request: HTTP status and JSON."""
        with self._lock:
            if self._next_error:
                error, self._next_error = self._next_error, ""
                return (503 if error == "temporarily_unavailable" else 400), {"error": error}
            if not self._client_known(form):
                return 401, {"error": "invalid_client"}
            grant = self._grant_for(form)
            return (200, self._tokens(grant)) if grant else (400, {"error": "invalid_grant"})

    def introspect(self, token: str) -> dict[str, object]:
        """Whose token this is, in the form Dovecot asks for."""
        user, end = self._access.get(token, ("", 0.0))
        return {"active": time.time() < end, "username": user}

    def _client_known(self, form: dict[str, str]) -> bool:
        return form.get("client_id") == self.client_id and form.get("client_secret") == self.client_secret

    def _grant_for(self, form: dict[str, str]) -> Grant | None:
        if form.get("grant_type") == "refresh_token":
            return self._refresh.get(form.get("refresh_token", ""))
        grant = self._codes.pop(form.get("code", ""), None)
        if grant is None or grant.redirect_uri != form.get("redirect_uri"):
            return None
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        proof = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        return grant if grant.challenge in {"", proof} else None

    def _tokens(self, grant: Grant) -> dict[str, object]:
        if self.rotates or not grant.refresh_token:
            self._refresh.pop(grant.refresh_token, None)
            grant.refresh_token = secrets.token_urlsafe(16)
            self._refresh[grant.refresh_token] = grant
        access = secrets.token_urlsafe(16)
        self._access[access] = (grant.user, time.time() + self.lifetime)
        answer = {"access_token": access, "token_type": "Bearer", "expires_in": self.lifetime}
        return {**answer, "refresh_token": grant.refresh_token, "scope": grant.scope}


class _Handler(BaseHTTPRequestHandler):
    provider: OAuthProvider

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = dict(parse_qsl(parts.query))
        self._note(parts.path, query)
        if parts.path == "/introspect":
            self._answer(200, json.dumps(self.provider.introspect(query.get("token", ""))), "application/json")
        elif parts.path != "/authorize":
            self._answer(404, "no such page", "text/plain")
        elif query.get("client_id") != self.provider.client_id or query.get("response_type") != "code":
            self._answer(400, "unknown client", "text/plain")
        else:
            self._answer(200, CONSENT.format(user=html.escape(self.provider.user)), "text/html")

    def do_POST(self) -> None:
        parts = urlsplit(self.path)
        form = dict(parse_qsl(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()))
        if parts.path == "/token":
            status, content = self.provider.token({**self._basic(), **form})
            self._note(parts.path, form, str(content.get("error", "ok")))
            self._answer(status, json.dumps(content), "application/json")
            return
        query = dict(parse_qsl(parts.query))
        self._note(parts.path, query, form.get("answer", ""))
        self.send_response(302)
        self.send_header("Location", self.provider.consent(query, form.get("answer", "")))
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Stay silent: the ledger is the log."""

    def _basic(self) -> dict[str, str]:
        header = self.headers.get("Authorization", "")
        if not header.startswith("Basic "):
            return {}
        client_id, _, secret = base64.b64decode(header[6:]).decode().partition(":")
        return {"client_id": client_id, "client_secret": secret}

    def _answer(self, status: int, body: str, kind: str) -> None:
        data = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _note(self, path: str, parameters: dict[str, str], answer: str = "ok") -> None:
        """Called before answering, so that whoever has the answer finds it in the ledger."""
        shown = {key: "***" if "secret" in key or "token" in key else value for key, value in parameters.items()}
        self.provider.ledger.append((path, shown, answer))


def _with_query(url: str, extra: dict[str, str]) -> str:
    return f"{url}{'&' if urlsplit(url).query else '?'}{urlencode(extra)}"
