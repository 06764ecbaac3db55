"""SEC-25: secrets sown in every place that keeps one are found in no log, metric, health answer, doctor's line or page."""

from __future__ import annotations

import dataclasses
import io
import json
import logging
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from rapport.channels.models import Cursor, Inbox
from rapport.channels.secrets import write_secrets
from rapport.config import checking
from rapport.config import logging as log_setup
from rapport.config.environment import read_environment
from rapport.intake import fetching
from rapport.kit import clock
from rapport.people.models import Account
from rapport.people.tests.cast import assemble
from rapport.reactions import schedule, watchers
from rapport.watching.models import Alarm
from tests.servers.ports import free_port

pytestmark = pytest.mark.django_db
CANARY = "canary-4711-"
HERE: dict[str, Any] = {"HTTP_HOST": "127.0.0.1"}


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What the product logs, as JSON and down to DEBUG."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    log_setup.configure(level="DEBUG", as_json=True)
    written = io.StringIO()
    for handler in root.handlers:
        monkeypatch.setattr(handler, "stream", written)
    yield written
    root.handlers = handlers
    root.setLevel(level)


@pytest.fixture
def inbox(db: None, monkeypatch: pytest.MonkeyPatch) -> Inbox:
    """An inbox full of canaries whose servers and provider are dead, and an environment full of them."""
    assemble()
    given = {
        "RAPPORT_DATABASE_URL": f"postgresql://rapport:{CANARY}database@localhost/rapport",
        "RAPPORT_SECRET_KEY": f"{CANARY}key-abcdefghijklmnopqrstuvwxyz",
        "RAPPORT_SYSTEM_MAIL_URL": f"smtp://rapport:{CANARY}mail@127.0.0.1:{free_port()}",
        "RAPPORT_METRICS_TOKEN": f"{CANARY}token-for-metrics",
        "RAPPORT_ALLOW_NETS": "127.0.0.0/8",
        "RAPPORT_HOME": str(settings.ENVIRONMENT.home),
    }
    environment = dataclasses.replace(read_environment(given), key_file=settings.ENVIRONMENT.key_file)
    monkeypatch.setattr(settings, "ENVIRONMENT", environment)
    server = {"host": "127.0.0.1", "port": free_port(), "security": "none", "user": "shop", "auth": "xoauth2"}
    oauth = {"client_id": "rapport", "token_url": f"http://127.0.0.1:{free_port()}/token"}
    setup = {"imap": server, "smtp": server, "oauth": oauth}
    inbox = Inbox.objects.create(name="Shop", address="shop@flowers.example", settings=setup)
    names = ("access_token", "refresh_token", "client_secret")
    tokens = {name: CANARY + name for name in names} | {"expires_at": 1}
    write_secrets(inbox, {"imap_password": CANARY + "imap", "smtp_password": CANARY + "smtp", "oauth": tokens})
    return inbox


def adam(**options: Any) -> Client:
    """The administrator at a browser."""
    client = Client(**options)
    client.force_login(Account.objects.get(email="adam@flowers.example"))
    return client


def break_everything(inbox: Inbox) -> None:
    """Fetch, send, renew and tell: all of it fails, and says why."""
    schedule.renew_consents()
    Cursor.objects.create(inbox=inbox)
    fetching.PartLoop(inbox.pk, "INBOX", threading.Event(), fetching.Pace())._one_session()
    Alarm.objects.create(kind="clock_back", since=clock.now(), opened_at=clock.now())
    watchers.watch()
    try:
        raise RuntimeError("something broke")
    except RuntimeError:
        logging.getLogger("rapport").exception("Broken with %s", settings.ENVIRONMENT, extra={"password": CANARY})


def test_no_secret_comes_out_where_everything_breaks(inbox, lines):
    break_everything(inbox)
    signed_in = adam()
    told = {
        "logs": lines.getvalue(),
        "health": Client().get("/health/", **HERE).content.decode(),
        "metrics": Client().get("/metrics", **HERE).content.decode(),
        "status page": signed_in.get("/status/").content.decode(),
        "doctor": "\n".join(f"{finding.what} {finding.cure}" for finding in checking.examine()),
    }
    assert all(told.values())
    assert [place for place, text in told.items() if CANARY in text] == []


def test_an_error_page_tells_no_secret(inbox, lines, monkeypatch):
    def breaks(now):
        secret = CANARY + "local"
        raise RuntimeError("broken " + str(len(secret)))

    monkeypatch.setattr(watchers, "look_at_worker", breaks)
    answer = adam(raise_request_exception=False).get("/status/")
    assert (answer.status_code, CANARY in answer.content.decode(), CANARY in lines.getvalue()) == (500, False, False)


def test_each_log_line_is_one_object_with_its_event_and_moment(inbox, lines):
    break_everything(inbox)
    events = [json.loads(line) for line in lines.getvalue().splitlines() if line.strip()]
    assert {"event", "level", "timestamp", "logger"} <= set(events[0])
    assert {"consent_not_refreshed", "alarm_not_told"} <= {event["event"] for event in events}
