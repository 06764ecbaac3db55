"""The OAuth 2 provider, driven by the standard library's client."""

from __future__ import annotations

import base64
import hashlib
import json
import urllib.error
import urllib.request
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

BACK = "http://127.0.0.1:1/back"


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def consent(provider, answer="allow", **extra):
    """Answer the consent page and return the query the browser comes back with."""
    query = {"client_id": "rapport", "response_type": "code", "redirect_uri": BACK, "state": "s", **extra}
    address = f"{provider.authorization_url}?{urlencode(query)}"
    assert "Allow access" in urllib.request.urlopen(address).read().decode()
    with pytest.raises(urllib.error.HTTPError) as redirect:
        urllib.request.build_opener(NoRedirect).open(address, data=urlencode({"answer": answer}).encode())
    return {key: value[0] for key, value in parse_qs(urlsplit(redirect.value.headers["Location"]).query).items()}


def ask(provider, **form):
    form = {"client_id": "rapport", "client_secret": "client-secret", "redirect_uri": BACK, **form}
    with urllib.request.urlopen(provider.token_url, data=urlencode(form).encode()) as answer:
        return json.load(answer)


def test_a_code_is_good_for_one_set_of_tokens(oauth_provider):
    back = consent(oauth_provider)
    tokens = ask(oauth_provider, grant_type="authorization_code", code=back["code"])
    assert back["state"] == "s"
    assert oauth_provider.valid("shop@example.org", tokens["access_token"])
    with pytest.raises(urllib.error.HTTPError):
        ask(oauth_provider, grant_type="authorization_code", code=back["code"])


def test_pkce_needs_the_verifier(oauth_provider):
    challenge = base64.urlsafe_b64encode(hashlib.sha256(b"verifier").digest()).rstrip(b"=").decode()
    for verifier, good in (("wrong", False), ("verifier", True)):
        code = consent(oauth_provider, code_challenge=challenge, code_challenge_method="S256")["code"]
        request = {"grant_type": "authorization_code", "code": code, "code_verifier": verifier}
        if good:
            assert ask(oauth_provider, **request)["access_token"]
        else:
            with pytest.raises(urllib.error.HTTPError):
                ask(oauth_provider, **request)


def test_a_refusal_comes_back_as_an_error(oauth_provider):
    assert consent(oauth_provider, answer="deny")["error"] == "access_denied"


def test_a_refresh_token_rotates(oauth_provider):
    first = oauth_provider.issue()
    second = ask(oauth_provider, grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert second["access_token"] != first["access_token"]
    with pytest.raises(urllib.error.HTTPError, match="400"):
        ask(oauth_provider, grant_type="refresh_token", refresh_token=first["refresh_token"])


def test_expiry_revocation_and_outage(oauth_provider):
    tokens = oauth_provider.issue()
    oauth_provider.expire_access_tokens()
    assert not oauth_provider.valid("shop@example.org", tokens["access_token"])
    oauth_provider.fail_next("temporarily_unavailable")
    with pytest.raises(urllib.error.HTTPError, match="503"):
        ask(oauth_provider, grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    oauth_provider.revoke()
    with pytest.raises(urllib.error.HTTPError, match="400"):
        ask(oauth_provider, grant_type="refresh_token", refresh_token=tokens["refresh_token"])
