"""The doctor of the whole installation: a line for each thing, with its cure."""

from __future__ import annotations

import dataclasses
import json

import pytest
from django.conf import settings

from rapport.channels.models import Inbox
from rapport.channels.secrets import write_secrets
from rapport.config import checking, checking_machine, starting
from rapport.config.command import main
from rapport.config.values import MailDoor
from rapport.kit import clock
from rapport.kit.secrets import KeyRing
from rapport.reactions import schedule
from rapport.watching.models import Alarm
from tests.servers.ports import free_port

pytestmark = pytest.mark.django_db


def findings(**options: bool) -> dict[str, str]:
    return {finding.what: finding.cure for finding in checking.examine(**options)}


def said(words: str, **options: bool) -> str:
    """The cure of the one finding that says these words."""
    (cure,) = [cure for what, cure in findings(**options).items() if words in what]
    return cure


@pytest.fixture
def inbox() -> Inbox:
    server = {"host": "127.0.0.1", "port": free_port(), "security": "none"}
    inbox = Inbox.objects.create(name="Shop", address="shop@flowers.example", settings={"imap": server})
    write_secrets(inbox, {"imap_password": "hunter2"})
    return inbox


def test_a_worker_an_alarm_and_the_queues_are_told(inbox):
    assert "rapport run" in said("No worker runs", offline=True)
    schedule.beat(["outbox"])
    facts = {"count": 7}
    Alarm.objects.create(kind="mail_waiting", since=clock.now(), opened_at=clock.now(), facts=facts)
    assert said("The worker is running", offline=True) == ""
    assert "RAPPORT_PARSE_CHILDREN" in said("Arrived mail waits to be processed: 7", offline=True)
    assert said("Waiting: 0 arrivals", offline=True) == ""


def test_passwords_that_cannot_be_read_name_the_missing_key_and_no_secret(inbox, monkeypatch, tmp_path):
    missing = inbox.secrets_encrypted.split(".")[1]
    monkeypatch.setattr(settings, "KEY_RING", KeyRing.load_or_create(tmp_path / "other.json"))
    assert "Put back the key file" in said(
        f"The passwords of Shop cannot be read (missing keys: {missing})", offline=True
    )
    assert not any("hunter2" in what + cure for what, cure in findings(offline=True).items())


def test_each_inbox_is_examined_unless_offline(inbox, monkeypatch):
    environment = dataclasses.replace(settings.ENVIRONMENT, allow_nets=checking_machine._OPERATORS_OWN)
    monkeypatch.setattr(settings, "ENVIRONMENT", environment)
    assert any(what.startswith("Shop, IMAP connect") and cure for what, cure in findings().items())
    assert not any(what.startswith("Shop,") for what in findings(offline=True))


def test_a_mail_door_and_a_web_process_that_do_not_answer_are_told(monkeypatch):
    door = MailDoor("smtp", "127.0.0.1", free_port())
    closed = dataclasses.replace(settings.ENVIRONMENT, mail_door=door, port=free_port())
    monkeypatch.setattr(settings, "ENVIRONMENT", closed)
    assert "another program" in said("The mail door does not answer", offline=True)
    assert "rapport web" in said("No page is answered", offline=True)


def test_what_other_users_may_open_is_told(monkeypatch, tmp_path):
    (tmp_path / "rapport.sqlite3").touch(mode=0o644)
    tmp_path.chmod(0o700)
    monkeypatch.setattr(settings, "ENVIRONMENT", dataclasses.replace(settings.ENVIRONMENT, home=tmp_path))
    assert "chmod -R" in said("rapport.sqlite3", offline=True)
    (tmp_path / "rapport.sqlite3").chmod(0o600)
    assert said("closed to other users", offline=True) == ""


def test_one_check_that_breaks_stops_no_other(monkeypatch):
    def _folders_in_order():
        raise OSError("odd")

    monkeypatch.setattr(checking, "CHECKS", (_folders_in_order, *checking.CHECKS))
    assert "report this" in said("The look at folders in order broke off (OSError: odd)", offline=True)


@pytest.mark.parametrize(("free_needed", "code"), [(0, 0), (2**60, 1)])
def test_the_command_ends_with_1_only_when_rapport_cannot_work(monkeypatch, capsys, free_needed, code):
    monkeypatch.setattr(starting, "start_django", lambda: None)
    monkeypatch.setattr(checking_machine, "LOW_SPACE_BYTES", free_needed)
    assert main(["check", "--offline", "--json"]) == code
    grades = {json.loads(line)["grade"] for line in capsys.readouterr().out.splitlines()}
    assert ("fail" in grades) == bool(code)
