"""Keeping an XOAUTH2 token fresh. Consent itself is in `consenting`; neither knows Django or the database."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from rapport.kit import clock, http
from rapport.kit.addresses import Network

REFRESH_BEFORE_SECONDS = 300
_ASSUMED_LIFETIME = 3600
_MAX_ANSWER = 100_000


class RefreshFailed(Exception):
    """No new token came. `permanent`: the consent is gone, a person must give it again."""

    def __init__(self, reason: str, *, permanent: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent


def is_due(oauth: dict[str, Any]) -> bool:
    """Whether the access token ends within five minutes and there is a way to get another."""
    if not oauth.get("refresh_token"):
        return False
    ends_at = float(oauth.get("expires_at") or 0)
    return not oauth.get("access_token") or ends_at - clock.now().timestamp() < REFRESH_BEFORE_SECONDS


def refresh(oauth: dict[str, Any], *, allow_nets: Sequence[Network] = (), timeout: float = 20.0) -> dict[str, Any]:
    """New access_token, refresh_token, expires_at and refresh_expires_at (unix seconds; the last None where unknown).

    A provider that rotates refresh tokens gives a new one with each answer; without one the old stays good.
    Raises RefreshFailed.
    """
    form = {
        "grant_type": "refresh_token",
        "refresh_token": oauth.get("refresh_token", ""),
        "client_id": oauth.get("client_id", ""),
        **({"client_secret": oauth["client_secret"]} if oauth.get("client_secret") else {}),
        **({"scope": oauth["scope"]} if oauth.get("scope") else {}),
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    try:
        answer = http.request(
            "POST",
            str(oauth.get("token_url", "")),
            headers=headers,
            body=urlencode(form).encode(),
            timeout=timeout,
            max_bytes=_MAX_ANSWER,
            allow_nets=allow_nets,
        )
    except http.ConnectionDenied as denied:
        raise RefreshFailed(f"The provider's token address is not allowed: {denied}", permanent=True) from None
    except http.RequestFailed as failure:
        raise RefreshFailed(f"The provider cannot be reached: {failure.reason}") from None
    return _read(answer, oauth)


def _read(answer: http.Response, oauth: dict[str, Any]) -> dict[str, Any]:
    try:
        told = json.loads(answer.body)
        if answer.status != 200:
            error = str(told.get("error") or answer.status)
            detail = str(told.get("error_description") or "")[:300]
            # RFC 6749, 5.2: only this one says that the consent itself is gone; the rest may pass.
            raise RefreshFailed(f"The provider refused: {error} {detail}".strip(), permanent=error == "invalid_grant")
        now = int(clock.now().timestamp())
        refresh_token = str(told.get("refresh_token") or oauth["refresh_token"])
        # Google tells when the consent itself ends; a refresh token that is changed at each use never gets there.
        consent_lasts = told.get("refresh_token_expires_in") if refresh_token == oauth["refresh_token"] else None
        return {
            "access_token": str(told["access_token"]),
            "refresh_token": refresh_token,
            "expires_at": now + int(told.get("expires_in") or _ASSUMED_LIFETIME),
            "refresh_expires_at": now + int(consent_lasts) if consent_lasts else None,
        }
    except (ValueError, KeyError, TypeError, AttributeError):
        raise RefreshFailed(f"The provider answered {answer.status} in a form nobody understands.") from None
