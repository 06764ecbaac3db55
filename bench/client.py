"""A keep-alive client on loopback that is signed in, and what it measures."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from http.client import HTTPConnection
from urllib.parse import urlencode

from bench import report
from tests.servers.product import Product

SIGN_IN = """
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.conf import settings
from rapport.people.models import Account
account = Account.objects.get(email={email!r})
session = SessionStore()
session[SESSION_KEY] = str(account.pk)
session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
session[HASH_SESSION_KEY] = account.get_session_auth_hash()
session["access_version"] = account.access_version
session.save()
print(session.session_key)
"""


@dataclass
class Client:
    """One browser of one account. `times` holds the seconds of each kind of request."""

    product: Product
    email: str
    times: dict[str, list[float]] = field(default_factory=dict)
    patience: float = 60.0  # seconds for an answer

    def __post_init__(self) -> None:
        key = self.product.python(SIGN_IN.format(email=self.email)).strip()
        self.csrf = secrets.token_hex(16)
        self.cookie = f"sessionid={key}; csrftoken={self.csrf}"
        self.connection = HTTPConnection("127.0.0.1", self.product.port, timeout=self.patience)

    def get(self, kind: str, path: str, *, part: bool = False) -> bytes:
        """GET a page, or with `part` what htmx asks for; the time counts under `kind`. Raises RuntimeError."""
        headers = {"Cookie": self.cookie, **({"HX-Request": "true"} if part else {})}
        return self._ask(kind, "GET", path, None, headers)

    def post(self, kind: str, path: str, fields: dict[str, object]) -> bytes:
        """POST a form as htmx does. Raises RuntimeError."""
        headers = {
            "Cookie": self.cookie,
            "HX-Request": "true",
            "X-CSRFToken": self.csrf,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        return self._ask(kind, "POST", path, urlencode(fields), headers)

    def figures(self, kind: str) -> tuple[float, float]:
        """p50 and p95 of a kind, in milliseconds."""
        times = self.times[kind]
        return 1000 * report.percentile(times, 0.5), 1000 * report.percentile(times, 0.95)

    def _ask(self, kind: str, method: str, path: str, body: str | None, headers: dict[str, str]) -> bytes:
        started = time.perf_counter()
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        content = answer.read()
        self.times.setdefault(kind, []).append(time.perf_counter() - started)
        if answer.status not in (200, 201, 204):
            raise RuntimeError(f"{method} {path}: {answer.status} {content[:300]!r}")
        return content
