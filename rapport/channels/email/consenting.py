"""Consent in the browser for XOAUTH2: where to send a person, and what the code they bring back is worth.

OAuth 2 authorisation code with PKCE (RFC 6749, RFC 7636). Knows neither Django nor the database.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from rapport.kit import clock, http
from rapport.kit.addresses import Network

PROVIDERS: dict[str, dict[str, str]] = {
    "google": {
        "authorization_url": "https://accounts.google.com/o/oauth2/v2/auth",
        "token_url": "https://oauth2.googleapis.com/token",
        "scope": "https://mail.google.com/",
    },
    "microsoft": {
        "authorization_url": "https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
        "token_url": "https://login.microsoftonline.com/common/oauth2/v2.0/token",
        "scope": "https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send offline_access",
    },
}
_SOON = 3600


class ConsentFailed(Exception):
    """The provider gave no tokens; the text is its reason or what stood in the way."""


@dataclass(frozen=True, slots=True)
class Client:
    """The application as it is registered at the provider."""

    client_id: str
    client_secret: str
    authorization_url: str
    token_url: str
    scope: str
    redirect_uri: str


def authorization_address(client: Client, *, state: str, verifier: str, login_hint: str) -> str:
    """Where the person signs in and allows access. `verifier` is the PKCE secret that stays here."""
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    query = {
        "response_type": "code",
        "client_id": client.client_id,
        "redirect_uri": client.redirect_uri,
        "scope": client.scope,
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        "login_hint": login_hint,
        # Google gives a refresh token only when asked for both.
        "access_type": "offline",
        "prompt": "consent",
    }
    mark = "&" if "?" in client.authorization_url else "?"
    return client.authorization_url + mark + urlencode(query)


def exchange_code(client: Client, *, code: str, verifier: str, allow_nets: Sequence[Network] = ()) -> dict[str, Any]:
    """The tokens for a code: access_token, refresh_token and expires_at (unix seconds). Raises ConsentFailed."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": client.redirect_uri,
        "client_id": client.client_id,
        "client_secret": client.client_secret,
        "code_verifier": verifier,
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    try:
        answer = http.request(
            "POST", client.token_url, headers=headers, body=urlencode(form).encode(), allow_nets=allow_nets
        )
    except (http.RequestFailed, OSError) as error:
        raise ConsentFailed(str(error)) from None
    return _tokens(answer)


def _tokens(answer: http.Response) -> dict[str, Any]:
    try:
        told = json.loads(answer.body)
        if answer.status != 200:
            raise ConsentFailed(str(told.get("error_description") or told.get("error") or answer.status))
        return {
            "access_token": str(told["access_token"]),
            "refresh_token": str(told.get("refresh_token", "")),
            "expires_at": int(clock.now().timestamp()) + int(told.get("expires_in", _SOON)),
        }
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ConsentFailed(f"The provider answered {answer.status} in a form nobody understands.") from None
