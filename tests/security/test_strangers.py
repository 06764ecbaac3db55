"""SEC-11, SEC-14, SEC-15: what a visitor can make the product say, and how often."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client, override_settings
from django.urls import include, path

from rapport.conversations.tests.cast import PASSWORD
from rapport.demo.urls import pages
from rapport.desk import limiting
from rapport.people.models import Account

pytestmark = pytest.mark.django_db
LOGIN, RESET = "/accounts/login/", "/accounts/password/reset/"
FOREIGN_HOSTS = (
    "evil.example",
    "127.0.0.1.evil.example",
    "testserver@evil.example",
    "evil.example:80",
    "[::1]",
    "localhost/x",
    "",
)


@pytest.mark.any_database
@pytest.mark.parametrize("host", FOREIGN_HOSTS, ids=repr)
@pytest.mark.parametrize("where", [LOGIN, RESET, "/health/", "/inbox/"])
def test_an_unknown_host_is_refused(company, host, where):
    assert company.ask("anonymous", "GET", where, headers={"Host": host}).status_code == 400


@pytest.mark.parametrize(
    "name", ["X-Forwarded-Host", "X-Host", "Forwarded", "X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Server"]
)
def test_no_header_of_a_stranger_changes_a_link(company, name):
    value = "host=evil.example" if name == "Forwarded" else "evil.example"
    mail.outbox.clear()
    Client(headers={name: value}).post(RESET, {"email": company.cast.ana.email})
    assert len(mail.outbox) == 1
    assert "evil.example" not in mail.outbox[0].body
    assert settings.ENVIRONMENT.base_url in mail.outbox[0].body


@pytest.mark.parametrize(
    "name", ["Remote-User", "X-Remote-User", "X-Forwarded-User", "X-Auth-Request-Email", "X-Webauth-User"]
)
def test_no_header_signs_anybody_in(company, name):
    assert Client(headers={name: company.cast.flora.email}).get("/account/").status_code == 302


def test_forwarded_for_counts_from_the_operators_proxies_only(rf):
    request = rf.get("/", REMOTE_ADDR="203.0.113.5", headers={"X-Forwarded-For": "10.0.0.1, 127.0.0.1"})
    assert limiting.client_ip(request) == "203.0.113.5"


def test_forwarded_proto_of_a_stranger_makes_nothing_secure(company):
    answer = company.ask("anonymous", "GET", LOGIN, headers={"X-Forwarded-Proto": "https"})
    assert answer.wsgi_request.scheme == "http"


@pytest.mark.any_database
def test_every_redirect_stays_on_our_host(company, shared_data):
    lines = (Path(shared_data) / "security" / "open_redirect.jsonl").read_text("utf-8").splitlines()
    targets = [json.loads(line)["value"] for line in lines]
    assert len(targets) == 305
    for target in targets:
        for where, role in ((LOGIN, "agent"), ("/accounts/logout/", "agent")):
            method = "POST" if "logout" in where else "GET"
            answer = company.ask(role, method, where, {"next": target})
            assert stays(answer.get("Location", "/")), (where, target)


@pytest.mark.any_database
def test_signing_in_leads_to_none_of_them(company, shared_data):
    lines = (Path(shared_data) / "security" / "open_redirect.jsonl").read_text("utf-8").splitlines()
    for line in lines[::6]:
        form = {"login": company.cast.ana.email, "password": PASSWORD, "next": json.loads(line)["value"]}
        answer = company.ask("anonymous", "POST", LOGIN, form)
        assert answer.status_code == 302
        assert stays(answer["Location"]), line


def stays(location: str) -> bool:
    """Whether a browser at our page would stay there. Browsers read a backslash as a slash and drop tabs and line ends."""
    seen = re.sub(r"[\t\r\n]", "", location).replace("\\", "/").strip()
    parts = urlsplit(urljoin("http://testserver/accounts/login/", seen))
    return parts.scheme in ("http", "https") and parts.netloc == "testserver"


def test_signing_up_and_signing_in_by_code_stay_closed(company):
    for where in (
        "/accounts/signup/",
        "/accounts/login/code/confirm/",
        "/accounts/2fa/signup/webauthn/",
        "/accounts/login/code/",
    ):
        company.ask(
            "anonymous", "POST", where, {"email": "eve@evil.example", "password1": PASSWORD, "password2": PASSWORD}
        )
    assert not Account.objects.filter(email="eve@evil.example").exists()


def test_the_practice_mailbox_is_not_there_outside_the_demo(company):
    for where in ("/practice/", "/practice/carla/", "/practice/carla/letters/"):
        assert company.ask("owner", "GET", where).status_code == 404
        assert company.ask("anonymous", "GET", where)["Location"].startswith("/accounts/login/")


urlpatterns = [path("practice/", include(pages(is_open=True)))]


@override_settings(ROOT_URLCONF=__name__)
def test_even_opened_by_mistake_it_answers_nobody_outside_the_demo(company):
    for where in ("/practice/", "/practice/carla/", "/practice/carla/letters/"):
        assert company.ask("anonymous", "GET", where).status_code == 404


def test_health_answers_anybody_and_tells_nothing_of_the_content(company):
    answer = company.ask("anonymous", "GET", "/health/")
    assert answer.status_code == 200
    assert set(answer.json()) <= {"status", "database", "loops", "codes"}
    assert b"fleur" not in answer.whole
