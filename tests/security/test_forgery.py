"""SEC-09: another site's page changes nothing in the name of whoever is signed in, and reading changes nothing at all."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from rapport.conversations.tests.cast import PASSWORD
from tests.security import permissions
from tests.security.company import Company
from tests.security.permissions import Row

pytestmark = pytest.mark.django_db
TABLE = list(permissions.rows())
UNSAFE = [row for row in TABLE if row.method != "GET"]
LOOKED_AT_ONCE = 10  # pages between two looks at every row of the database, which cost more than the pages
# What a visit leaves behind by design: when a session was last seen, what the packages count, and page caches.
LEFT_OUT = {"django_session", "usersessions_usersession", "cache"}


@pytest.fixture(scope="module")
def strict(company: Company) -> Client:
    """The owner's browser, as it is judged in earnest: with the CSRF checks on."""
    client = Client(enforce_csrf_checks=True)
    client.cookies = company.clients["owner"].cookies
    return client


def checksums() -> dict[str, str]:
    """One checksum for each table."""
    sums = {}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.db_table not in LEFT_OUT:
            rows = sorted(repr(row) for row in model._base_manager.values_list())
            sums[model._meta.db_table] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return sums


def send(client: Client, row: Row, company: Company, **headers: Any) -> Any:
    path, data = permissions.address(row.pattern, company, "owner"), permissions.form(row, company)
    method = getattr(client, row.method.lower())
    return method(path, data, **headers) if data is not None else method(path, **headers)


@pytest.mark.any_database
@pytest.mark.parametrize("row", UNSAFE, ids=str)
def test_no_request_without_the_token_is_taken(company, strict, row):
    assert send(strict, row, company).status_code == 403


@pytest.mark.any_database
@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}], ids=str)
@pytest.mark.parametrize("row", UNSAFE, ids=str)
def test_no_request_of_another_origin_is_taken_even_with_the_token(company, strict, row, headers):
    token = token_of(company, strict)
    assert send(strict, row, company, headers={**headers, "X-CSRFToken": token}).status_code == 403


@pytest.mark.any_database
@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize("row", UNSAFE, ids=str)
def test_what_the_browser_calls_foreign_is_refused_even_with_the_token(company, strict, row, site):
    token = token_of(company, strict)
    headers = {"Sec-Fetch-Site": site, "X-CSRFToken": token}
    assert send(strict, row, company, headers=headers).status_code == 403


def token_of(company: Company, client: Client) -> str:
    """A good token, as the page's own forms carry it."""
    if "csrftoken" not in client.cookies:
        client.get("/account/")
    return str(client.cookies["csrftoken"].value)


def test_with_token_and_own_origin_it_is_taken(company, strict):
    headers = {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin", "X-CSRFToken": token_of(company, strict)}
    path = f"/conversations/{company.conversation.pk}/tags/"
    assert strict.post(path, {"add": "roses"}, headers=headers).status_code == 302


def test_reading_every_page_changes_nothing(company):
    before = checksums()
    pages = [row for row in TABLE if row.method == "GET"]
    for at in range(0, len(pages), LOOKED_AT_ONCE):
        for row in pages[at : at + LOOKED_AT_ONCE]:
            for role in ("owner", "asked", "anonymous"):
                company.clients[role].get(permissions.address(row.pattern, company, role))
        assert checksums() == before, [str(row) for row in pages[at : at + LOOKED_AT_ONCE]]


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_methods_the_sign_in_package_answers_by_chance_change_nothing(company, method):
    before = checksums()
    for pattern in sorted({row.pattern for row in TABLE if row.pattern.startswith("accounts/")}):
        getattr(company.clients["agent"], method)(permissions.address(pattern, company, "agent"))
    assert checksums() == before


def test_the_session_cookie_is_kept_from_scripts_and_other_sites(company):
    answer = Client().post("/accounts/login/", {"login": company.cast.ana.email, "password": PASSWORD})
    cookie = answer.cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
