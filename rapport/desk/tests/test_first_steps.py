"""The steps of the first run: skipped, gone back to, left and resumed; closed to strangers and when it is over."""

from __future__ import annotations

from itertools import pairwise

import pytest
from django.core import mail
from django.test import Client
from django.utils import translation

from rapport.channels.models import Inbox
from rapport.desk.settings.hours.forms import HoursForm, read_spans, written
from rapport.desk.tests.seated import at_desk
from rapport.hours import keeping
from rapport.intake import processing
from rapport.people import first_run, setting_up
from rapport.people.models import Account, Invitation, Team
from rapport.people.tests.cast import person

pytestmark = pytest.mark.django_db
OWNER = {"company": "Flowers", "name": "Olga", "email": "olga@flowers.example", "password": "tulips-in-the-rain-2"}


@pytest.fixture
def olga(db: None) -> Client:
    """The first owner, who has just typed the code."""
    client = Client()
    answer = client.post("/start/", {"code": first_run.code(), **OWNER})
    assert answer["Location"] == "/start/go-on/"
    return client


def take(client: Client, step: str, act: str = "next", **fields: str) -> str:
    answer = client.post(f"/start/{step}/", {"act": act, **fields})
    return answer["Location"] if answer.status_code == 302 else str(answer.status_code)


def test_the_whole_way_to_a_conversation(olga):
    assert olga.get("/start/go-on/")["Location"] == "/start/business/"
    assert take(olga, "business", preset="florist") == "/start/inbox/"
    assert take(olga, "inbox", "practice") == "/start/hours/"
    hours = {f"day_{day}": "9-12, 13-17:30" for day in range(5)}
    assert take(olga, "hours", time_zone="Europe/Berlin", **hours) == "/start/people/"
    assert take(olga, "people", "invite", addresses="ann@flowers.example", role=str(agent_role())) == "200"
    assert take(olga, "people") == "/start/ready/"
    processing.process_due()
    assert "Open the first conversation" in olga.get("/start/ready/").content.decode()
    place = take(olga, "ready", "finish")
    page = olga.get(place).content.decode()
    assert "mother turns seventy" in page
    week = keeping.current()
    assert week is not None
    assert week.days[0] == ((540, 720), (780, 1050))
    assert Invitation.objects.get().teams.get().name == "Shop"
    assert [one.to for one in mail.outbox] == [["ann@flowers.example"]]


def agent_role() -> int:
    from rapport.people.roles import role

    return role("agent").pk


def test_every_step_can_be_skipped_and_gone_back_to(olga):
    steps = ["business", "inbox", "hours", "people", "ready"]
    for step, after in pairwise(steps):
        assert take(olga, step, "skip") == f"/start/{after}/"
    assert not Team.objects.exists()
    assert take(olga, "business", preset="shop") == "/start/inbox/"
    assert take(olga, "business", preset="florist") == "/start/inbox/"
    assert set(Team.objects.values_list("name", flat=True)) == {"Shop"}
    assert (setting_up.progress() or {})["next"] == "ready"
    assert take(olga, "ready", "finish") == "/inbox/"


def test_it_goes_on_where_it_was_left_in_another_browser(olga):
    take(olga, "business", preset="florist")
    later = at_desk(Account.objects.get())
    assert later.get("/")["Location"] == "/start/go-on/"
    assert later.get("/start/go-on/")["Location"] == "/start/inbox/"
    assert later.get("/start/people/")["Location"] == "/start/inbox/"
    assert "/start/go-on/" in later.get("/inbox/").content.decode()


def test_a_mailbox_is_connected_and_examined_within_the_wizard(olga):
    take(olga, "business", preset="florist")
    page = olga.get("/start/inbox/").content.decode()
    assert 'name="imap_password"' in page
    fields = {
        "address": "shop@flowers.example", "name": "Shop", "is_active": "on", "acknowledge": "on", "fetch": "on",
        "imap_host": "imap.flowers.example", "imap_user": "shop", "imap_password": "x", "imap_security": "tls",
        "imap_auth": "password", "folders": "INBOX", "start": "now", "after": "leave", "transport": "smtp",
        "smtp_host": "smtp.flowers.example", "smtp_security": "starttls", "smtp_auth": "password",
    }  # fmt: skip
    assert take(olga, "inbox", "connect", **{**fields, "imap_host": ""}) == "400"
    assert take(olga, "inbox", "connect", **fields) == "/start/inbox/?looks"
    later, now = (olga.get(f"/start/inbox/{asked}").content.decode() for asked in ("", "?looks"))
    assert f"/settings/inboxes/{Inbox.objects.get().pk}/examinations/" in later
    assert ('hx-trigger="load, submit"' in later, 'hx-trigger="load, submit"' in now) == (False, True)
    assert take(olga, "inbox", "connect", **{**fields, "name": "Flowers"}) == "/start/inbox/?looks"
    assert Inbox.objects.get().name == "Flowers"
    assert take(olga, "inbox") == "/start/hours/"


def test_no_step_is_open_to_others_or_when_it_is_over(olga):
    ann = at_desk(person("ann", "agent"))
    pages = [f"/start/{step}/" for step in (*setting_up.STEPS, "go-on", "nonsense")]
    assert {ann.get(page).status_code for page in pages} == {404}
    assert ann.post("/start/business/", {"act": "next", "preset": "shop"}).status_code == 404
    assert ann.get("/")["Location"] != "/start/go-on/"
    assert {Client().get(page)["Location"].partition("?")[0] for page in pages} == {"/accounts/login/"}
    setting_up.finish(by=Account.objects.get(email=OWNER["email"]))
    assert {olga.get(page).status_code for page in pages} == {404}
    assert olga.get("/start/")["Location"] == "/accounts/login/"


@pytest.mark.parametrize(
    ("step", "fields"),
    [
        ("business", {"preset": "no-such"}),
        ("hours", {"time_zone": "Europe/Berlin", "day_0": "when I feel like it"}),
        ("hours", {"time_zone": "Moon/Base", "day_0": "9-17"}),
        ("people", {"addresses": "nonsense", "role": "1"}),
    ],
)
def test_what_cannot_be_is_said_and_the_step_stays(olga, step, fields):
    for earlier in setting_up.STEPS[: setting_up.STEPS.index(step)]:
        take(olga, earlier, "skip")
    assert take(olga, step, **fields) == "400"
    assert (setting_up.progress() or {})["next"] == step


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("9-17", "09:00–17:00"),
        ("09:00–12:00, 13.30 - 17h15", "09:00–12:00, 13:30–17:15"),
        ("0-24", "00:00–24:00"),
        ("", ""),
    ],
)
def test_hours_are_read_as_people_write_them(text, spans):
    assert written(read_spans(text)) == spans


def test_hours_are_shown_in_the_readers_clock_and_read_back():
    with translation.override("en-us"):
        shown = written(read_spans("9am-12:30 p.m., 13.30-17, 11 pm-12 AM"))
        assert shown.replace("\N{NO-BREAK SPACE}", " ") == "9:00 AM–12:30 PM, 1:30 PM–5:00 PM, 11:00 PM–12:00 AM"
        assert read_spans(shown) == ((540, 750), (810, 1020), (1380, 1440))


@pytest.mark.parametrize("text", ["17-9", "9:75-10", "13 pm-14 pm", "0am-5", "25-26", "9", "9-10-11"])
def test_hours_that_are_none_are_refused(text):
    form = HoursForm({"time_zone": "UTC", "day_3": text})
    assert "day_3" in form.errors
