"""Being told on a device, over HTTP: turned on, listed, tried, removed, and nobody else's."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client

from rapport.desk.tests.seated import HTMX, ana, at_desk, cast
from rapport.kit.webpush import from_base64
from rapport.notifications.models import Device, Push
from rapport.people import installing
from tests.servers.push_service import Browser

__all__ = ["ana", "cast"]
FIREFOX = {"HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}


def fields(endpoint="https://push.example/one"):
    browser = Browser()
    return {"endpoint": endpoint, "p256dh": browser.p256dh, "auth": browser.auth}


def test_a_browser_is_turned_on_tried_and_removed(cast, ana):
    key = ana.post("/account/devices/key/", **HTMX).json()["key"]
    assert len(from_base64(key)) == 65
    assert ana.post("/account/devices/key/", **HTMX).json()["key"] == key
    assert ana.post("/account/devices/", fields(), **HTMX, **FIREFOX).status_code == 204
    page = ana.get("/account/notifications/").content.decode()
    assert page.count("data-this-device") == 1
    assert "Firefox, Linux" in page
    assert "Nothing yet" in page
    assert "push.example" not in page
    device = Device.objects.get()
    assert ana.post(f"/account/devices/{device.pk}/trial/").status_code == 302
    assert Push.objects.get().is_trial
    assert ana.post(f"/account/devices/{device.pk}/removal/").headers["Location"] == "/account/notifications/#devices"
    assert not Device.objects.exists()


def test_it_is_over_when_one_signs_out(cast, ana):
    ana.post("/account/devices/", fields(), **HTMX)
    ana.post("/accounts/logout/")
    assert "data-this-device" not in at_desk(cast.ana).get("/account/notifications/").content.decode()


@pytest.mark.parametrize("endpoint", ["https://127.0.0.1/x", "http://push.example/x", "<script>", ""])
def test_what_no_browser_says_is_refused_with_a_sentence(cast, ana, endpoint):
    answer = ana.post("/account/devices/", fields(endpoint), **HTMX)
    assert answer.status_code == 400
    assert "cannot be used, so nothing was changed" in json.loads(answer["HX-Trigger"])["rapport:refused"]["sentence"]
    assert ana.post("/account/devices/", fields(endpoint)).status_code == 400


def test_nobody_elses_device_is_seen_tried_or_removed(cast, ana):
    at_desk(cast.ben).post("/account/devices/", fields(), **HTMX)
    bens = Device.objects.get()
    for act in ("trial", "removal"):
        assert ana.post(f"/account/devices/{bens.pk}/{act}/").status_code == 404
    assert (
        "<tbody" not in ana.get("/account/notifications/").content.decode().split('id="devices"')[1].split("hours")[0]
    )
    assert Device.objects.get() == bens


def test_the_rules_say_what_is_pushed(cast, ana):
    page = ana.get("/account/notifications/").content.decode()
    on = {topic for topic, is_on in re.findall(r'name="push_(\w+)"( checked)?>', page) if is_on}
    assert on == {"mentioned", "assigned", "answered", "followed", "note", "trouble"}
    ana.post("/account/notifications/team/", {"bell_team": "on", "mail_team": "never", "push_team": "on"})
    assert 'name="push_team" checked' in ana.get("/account/notifications/team/").content.decode()


def test_the_company_says_whether_words_are_pushed(cast):
    owner = at_desk(cast.flora)
    owner.post("/settings/company/", {"company_name": "Fleur"})
    assert installing.current().push_words is False
    owner.post("/settings/company/", {"company_name": "Fleur", "push_words": "on"})
    assert installing.current().push_words is True


def test_whoever_is_signed_out_comes_to_the_conversation_by_signing_in(cast):
    one = cast.conversation()
    answer = Client().get(f"/conversations/{one.pk}/")
    assert answer.headers["Location"] == f"/accounts/login/?next=/conversations/{one.pk}/"
