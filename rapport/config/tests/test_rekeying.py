"""A key that leaked is retired, and nothing that is kept is lost by it."""

from __future__ import annotations

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.conf import settings

from rapport.channels.models import Inbox
from rapport.channels.secrets import read_secrets, write_secrets
from rapport.config import starting
from rapport.config.command import main
from rapport.kit.secrets import KeyRing, SecretUnreadable
from rapport.people.tests.cast import assemble

pytestmark = pytest.mark.django_db
SECRETS = {"imap_password": "hunter2", "oauth": {"refresh_token": "r"}}


@pytest.fixture
def ring(tmp_path, monkeypatch) -> KeyRing:
    """A ring of its own, because retiring cannot be undone."""
    ring = KeyRing.load_or_create(tmp_path / "keys.json")
    monkeypatch.setattr(settings, "KEY_RING", ring)
    monkeypatch.setattr(starting, "start_django", lambda: None)
    return ring


@pytest.fixture
def kept(ring):
    """An inbox and second factors that hold secrets."""
    inbox = Inbox.objects.create(name="Shop", address="shop@flowers.example", settings={})
    write_secrets(inbox, SECRETS)
    person = assemble().adam
    seal = get_adapter().encrypt
    app = Authenticator.objects.create(user=person, type="totp", data={"secret": seal("totp")})
    codes = Authenticator.objects.create(
        user=person, type="recovery_codes", data={"seed": seal("seed"), "used_mask": 3}
    )
    return inbox, app, codes


def test_what_is_kept_is_read_after_the_key_that_made_it_is_retired(ring, kept, capsys):
    inbox, app, codes = kept
    leaked = [ring.makes("encryption"), ring.makes("signing")]
    old = inbox.secrets_encrypted
    assert main(["keys", "--rotate", "--retire", *leaked]) == 0
    for row in kept:
        row.refresh_from_db()
    assert read_secrets(inbox) == SECRETS
    unseal = get_adapter().decrypt
    assert (unseal(app.data["secret"]), unseal(codes.data["seed"]), codes.data["used_mask"]) == ("totp", "seed", 3)
    with pytest.raises(SecretUnreadable):
        ring.decrypt(old, context=f"inbox:{inbox.pk}")
    told = capsys.readouterr().out
    assert "3 stored secrets are under the newest key." in told
    assert [line for line in told.splitlines() if line.startswith(leaked[0]) and "retired" in line]


def test_without_a_newer_key_none_is_retired(ring, kept, capsys):
    assert main(["keys", "--retire", ring.makes("encryption")]) == 1
    assert "Rotate first" in capsys.readouterr().err
    assert read_secrets(kept[0]) == SECRETS


def test_a_secret_that_cannot_be_read_is_named_and_left(ring, kept, capsys):
    inbox = kept[0]
    Inbox.objects.filter(pk=inbox.pk).update(secrets_encrypted="e1.gone.AAAA")
    assert main(["keys", "--rotate"]) == 1
    assert "the inbox Shop keeps could not be read" in capsys.readouterr().out
    inbox.refresh_from_db()
    assert inbox.secrets_encrypted == "e1.gone.AAAA"


def test_the_keys_are_listed_without_their_secrets(ring, capsys):
    assert main(["keys"]) == 0
    told = capsys.readouterr().out
    assert len(told.splitlines()) == 2
    assert not [key for key in ring.keys if key.secret.hex()[:8] in told]
