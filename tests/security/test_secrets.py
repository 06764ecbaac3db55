"""SEC-05, SEC-25: what opens a door cannot be guessed, ends, and is written nowhere else."""

from __future__ import annotations

import logging
import os
import re
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.test import Client

from rapport.channels import configuring
from rapport.channels.models import Inbox
from rapport.channels.secrets import read_secrets
from rapport.config.environment import SettingsRefused, read_environment
from rapport.events.models import Event
from rapport.files import access, storing
from rapport.files.errors import AddressRefused
from rapport.kit import clock
from rapport.kit.secrets import random_token
from rapport.people import inviting
from rapport.people.errors import InvitationSpent
from tests.security import permissions
from tests.security.company import Company
from tests.servers.commands import CHECKOUT, COMMAND
from tests.servers.ports import free_port

pytestmark = pytest.mark.django_db
CANARIES = ("canary-imap-7f3", "canary-smtp-7f3", "canary-client-7f3", "canary-access-7f3", "canary-refresh-7f3")


@pytest.mark.any_database
def test_no_two_of_many_tokens_are_alike_and_each_is_long():
    tokens = {random_token() for _ in range(1_000_000)}
    assert len(tokens) == 1_000_000
    assert {len(token) for token in tokens} == {len(random_token())}
    letters = {letter for token in list(tokens)[:1000] for letter in token}
    # 32 letters are five bits each: at least 128 bits in every one.
    assert len(letters) >= 32
    assert len(random_token()) * 5 >= 128


def test_a_file_address_carries_a_signature_that_nobody_guesses(company):
    token = company.file_path("agent").split("/")[3]
    viewer, stamp, signature = token.split(".")
    assert len(signature) * 5 >= 128
    me, pk = company.cast.ana.pk, company.attachment.pk
    access.check_token(pk, token, viewer=me)
    forged = [
        f"{viewer}.{stamp}.", f"{viewer}.{stamp}", f"{viewer}.{int(stamp) + 1}.{signature}", f"{viewer}..{signature}",
        f"{viewer}.{stamp}.{signature[:-1]}", f"{company.cast.sam.pk}.{stamp}.{signature}", f"{viewer}.{stamp}.{'a' * len(signature)}",
        "", "..", f"+{token}", f" {token}", f"{viewer}.{stamp}.{signature}.", f"{viewer}.9999999999999.{signature}",
    ]  # fmt: skip
    for each in forged:
        with pytest.raises(AddressRefused):
            access.check_token(pk, each, viewer=me)


def test_a_file_address_ends(company):
    token = company.file_path("agent").split("/")[3]
    with pytest.raises(AddressRefused):
        access.check_token(
            company.attachment.pk, token, viewer=company.cast.ana.pk, now=clock.now() + access.LIFE + timedelta(hours=1)
        )


@pytest.mark.parametrize("token", ["", "a", "x" * 5000, "../../people/", "%00", "\x00", "ä"])
def test_no_other_text_is_an_invitation(company, token):
    with pytest.raises(InvitationSpent):
        inviting.find(token)


def test_unknown_used_and_old_invitations_answer_alike(company):
    pages = {company.ask("anonymous", "GET", f"/invitations/{token}/").whole for token in ("unknown", random_token())}
    inviting.accept(company.token, name="New", password="peonies-and-rain-7")
    pages.add(company.ask("anonymous", "GET", f"/invitations/{company.token}/").whole)
    assert len({re.sub(rb'nonce="[^"]*"|value="\w{64}"', b"", page) for page in pages}) == 1


def test_sessions_and_tokens_in_the_database_open_nothing_by_themselves(company):
    rows = "\n".join(repr(row) for model in apps.get_models() for row in model._base_manager.values_list())
    assert company.token not in rows
    assert company.cast.ana.password.split("$")[0] in ("md5", "pbkdf2_sha256", "argon2")


@pytest.fixture
def with_secrets(company: Company) -> Inbox:
    """The inbox with a canary in every secret field."""
    inbox = company.cast.inbox
    names = ("imap_password", "smtp_password")
    oauth = dict(zip(("client_secret", "access_token", "refresh_token"), CANARIES[2:], strict=True))
    secrets = {**dict(zip(names, CANARIES, strict=False)), "oauth": oauth}
    server = {"host": "127.0.0.1", "port": 9, "security": "none", "user": "x", "auth": "password"}
    inbox.settings = {"imap": server, "smtp": server, "oauth": {"client_id": "x", "token_url": "https://x.example/"}}
    configuring.change_settings(inbox, settings=inbox.settings, secrets=secrets, by=company.cast.flora)
    assert read_secrets(inbox) == secrets
    return inbox


@pytest.fixture
def lines() -> Iterator[list[str]]:
    """All that is logged, with its values."""
    heard: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            heard.append(f"{self.format(record)} {record.__dict__}")

    listener = Listener()
    logging.getLogger().addHandler(listener)
    yield heard
    logging.getLogger().removeHandler(listener)


def test_no_secret_is_on_any_page_in_any_event_or_log(company, with_secrets, lines):
    for row in permissions.rows():
        if row.method == "GET":
            page = company.ask("owner", "GET", permissions.address(row.pattern, company, "owner")).whole.decode(
                errors="replace"
            )
            assert not [canary for canary in CANARIES if canary in page], str(row)
    told = "\n".join([*map(repr, Event.objects.values_list("data", flat=True)), *lines])
    assert not [canary for canary in CANARIES if canary in told]


def test_no_secret_lies_readable_in_the_database_or_the_data_folder(company, with_secrets):
    rows = "\n".join(repr(row) for model in apps.get_models() for row in model._base_manager.values_list())
    assert not [canary for canary in CANARIES if canary in rows]
    for path in Path(settings.ENVIRONMENT.home).rglob("*"):
        if path.is_file() and path.suffix not in (".sqlite3", ".sqlite3-wal"):
            assert not [canary for canary in CANARIES if canary.encode() in path.read_bytes()], path


def test_what_the_doctor_tells_holds_no_secret(company, with_secrets, lines):
    from rapport.channels import examining

    told = "\n".join(repr(step) for step in examining.examine(with_secrets))
    assert told
    assert not [canary for canary in CANARIES if canary in told + "\n".join(lines)]


def test_an_error_page_tells_nothing_of_what_was_posted(company, monkeypatch, lines):
    from rapport.people import changing

    def fail(*arguments: object, **options: object) -> None:
        password = CANARIES[0]
        raise RuntimeError(f"broken with {len(password)}")

    monkeypatch.setattr(changing, "change_profile", fail)
    client = Client(raise_request_exception=False)
    client.cookies = company.clients["agent"].cookies
    answer = client.post("/account/", {"name": "x", "language": "en", "time_zone": "", "password": CANARIES[1]})
    assert answer.status_code == 500
    assert not [canary for canary in CANARIES if canary in answer.content.decode() + "\n".join(lines)]
    assert b"Traceback" not in answer.content


def test_key_ring_and_stored_files_are_their_owners_alone():
    stored = storing.store_bytes(b"private")
    paths = [storing.path_of(stored.sha256), Path(settings.ENVIRONMENT.key_file)]
    assert {oct(path.stat().st_mode & 0o777) for path in paths} == {"0o600"}
    assert storing.path_of(stored.sha256).parent.stat().st_mode & 0o077 == 0


SECRET_FORMS = {
    "/settings/inboxes/{inbox}/": {"imap_password": CANARIES[0], "smtp_password": CANARIES[1], "imap_port": "no port"},
    "/settings/inboxes/new/": {"imap_password": CANARIES[0], "smtp_password": CANARIES[1], "imap_port": "no port"},
    "/settings/inboxes/{inbox}/consent/": {"client_secret": CANARIES[2], "token_url": "no address"},
    "/accounts/login/": {"login": "ana@fleur.example", "password": CANARIES[0]},
    "/accounts/password/change/": {"oldpassword": CANARIES[0], "password1": CANARIES[1], "password2": CANARIES[2]},
    "/accounts/reauthenticate/": {"password": CANARIES[0]},
    "/invitations/{token}/": {"name": "", "password": CANARIES[0]},
}


@pytest.mark.parametrize("where", SECRET_FORMS)
def test_a_refused_form_gives_no_secret_back(company, lines, where):
    path = where.format(inbox=company.cast.inbox.pk, token=company.token)
    role = "anonymous" if where in ("/accounts/login/", "/invitations/{token}/") else "owner"
    answer = company.ask(role, "POST", path, SECRET_FORMS[where])
    assert answer.status_code in (200, 400, 422), answer.status_code
    assert b"<form" in answer.whole
    assert not [canary for canary in CANARIES if canary in answer.whole.decode() + "\n".join(lines)]


CANARY_SETTINGS = {
    "RAPPORT_DATABASE_URL": "postgresql://rapport:canary-db-7f3@127.0.0.1:{port}/rapport",
    "RAPPORT_SECRET_KEY": "canary-key-7f3-abcdefghijklmnopqrstuvwxyz",
    "RAPPORT_SYSTEM_MAIL_URL": "smtp://rapport:canary-mail-7f3@127.0.0.1:{port}",
    "RAPPORT_METRICS_TOKEN": "canary-token-7f3-for-metrics",
}


@pytest.mark.parametrize("command", ["check", "migrate"])
def test_a_command_that_breaks_tells_no_secret(tmp_path, command):
    given = {name: value.format(port=free_port()) for name, value in CANARY_SETTINGS.items()}
    done = subprocess.run(
        [*COMMAND, command],
        env={"PATH": os.environ["PATH"], "RAPPORT_HOME": str(tmp_path), "RAPPORT_LOG_LEVEL": "DEBUG", **given},
        capture_output=True,
        text=True,
        check=False,
        cwd=CHECKOUT,
    )
    told = done.stdout + done.stderr
    assert done.returncode != 0
    assert told
    assert "canary" not in told


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RAPPORT_DATABASE_URL", "mysql://rapport:canary-7f3@db.example/x"),
        ("RAPPORT_DATABASE_URL", "postgresql://rapport:canary-7f3@db.example:port/x"),
        ("RAPPORT_SYSTEM_MAIL_URL", "pigeon://rapport:canary-7f3@mail.example"),
        ("RAPPORT_SYSTEM_MAIL_URL", "smtp://rapport:canary-7f3@mail.example:port"),
        ("RAPPORT_SECRET_KEY", "canary-7f3"),
        ("RAPPORT_METRICS_TOKEN", "canary-7f3"),
    ],
)
def test_a_setting_that_is_refused_is_not_repeated(tmp_path, name, value):
    with pytest.raises(SettingsRefused) as refused:
        read_environment({"RAPPORT_HOME": str(tmp_path), name: value})
    assert name in str(refused.value)
    assert "canary" not in str(refused.value)
