"""SEC-23, SEC-24: no field takes more than it needs, and nothing a client sends keeps the product busy."""

from __future__ import annotations

import inspect
import time
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.conf import settings

import rapport
from rapport.channels.email.parsing.mail import parse_mail
from rapport.config.asgi import FORM_BYTES, STRANGER_BYTES, limits_for
from rapport.kit import html, text
from rapport.kit.html_text import text_of
from rapport.language.splitting import split_reply
from rapport.search.tokenising import terms
from tests.security import permissions
from tests.security.permissions import Row

pytestmark = pytest.mark.django_db
BIGGEST_FIELD = 400_000
TABLE = list(permissions.rows())
POSTS = [row for row in TABLE if row.method == "POST"]


def our_forms() -> list[type[forms.Form]]:
    """Every form class of the product."""
    root = Path(rapport.__file__).parent
    found: set[type[forms.Form]] = set()
    for path in root.rglob("*.py"):
        if "tests" in path.parts or ("forms.Form" not in (source := path.read_text("utf-8")) and "Form(" not in source):
            continue
        module = import_module(".".join(path.relative_to(root.parent).with_suffix("").parts))
        found |= {
            each
            for _name, each in inspect.getmembers(module, inspect.isclass)
            if issubclass(each, forms.Form) and each.__module__ == module.__name__
        }
    return sorted(found, key=lambda each: each.__qualname__)


@pytest.mark.any_database
def test_every_text_field_of_every_form_has_a_maximum():
    assert len(our_forms()) > 8
    without: list[str] = []
    for form in our_forms():
        for name, field in form.base_fields.items():
            if isinstance(field, forms.CharField) and not (field.max_length and field.max_length <= BIGGEST_FIELD):
                without.append(f"{form.__qualname__}.{name}")
            if isinstance(field, forms.IntegerField) and field.max_value is None:
                without.append(f"{form.__qualname__}.{name}")
    without.remove("SignInForm.password")  # allauth's field; its bound is the next test
    assert not without, " ".join(without)


def test_a_very_long_password_is_refused_before_it_is_hashed(company, monkeypatch):
    monkeypatch.setattr("django.contrib.auth.hashers.check_password", lambda *args, **options: pytest.fail("hashed"))
    form = {"login": company.cast.ana.email, "password": "x" * 50_000}
    assert b"200 characters" in company.ask("anonymous", "POST", "/accounts/login/", form).whole


PUMPS = ["a" * 100_000, "9" * 400, "-1", "\0", "\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace"), "(" * 5000, " " * 50_000, "%" * 999, "😀" * 3000]  # fmt: skip


@pytest.mark.parametrize("pump", PUMPS, ids=lambda pump: ascii(pump[:6]))
def test_no_text_in_any_field_breaks_a_page(company, pump):
    for row in POSTS:
        data = dict.fromkeys(permissions.form(row, company) or {"name": ""}, pump)
        answer = company.ask("owner", "POST", permissions.address(row.pattern, company, "owner"), data)
        assert answer.status_code < 500, str(row)


@pytest.mark.parametrize("pump", PUMPS, ids=lambda pump: ascii(pump[:6]))
@pytest.mark.parametrize(
    "where",
    [
        "/search/?q={}",
        "/inbox/?view={}",
        "/inbox/rows/?after={}",
        "/inbox/?view=team:{}",
        "/conversations/1/?view={}&q={}",
        "/live/?since={}",
        "/settings/inboxes/consent/answer/?state={}",
    ],
)
def test_no_text_in_an_address_breaks_a_page(company, where, pump):
    from urllib.parse import quote

    assert company.ask("owner", "GET", where.replace("{}", quote(pump[:8000]))).status_code < 500


def test_a_form_of_very_many_fields_is_refused(company):
    many = {f"field-{n}": "x" for n in range(5000)}
    answer = company.ask("agent", "POST", f"/conversations/{company.conversation.pk}/tags/", many)
    assert answer.status_code == 400


def test_one_act_names_a_bounded_number_of_things(company):
    many = {"act": "close", "number": [company.conversation.pk] * 900}
    assert company.ask("agent", "POST", "/inbox/bulk/", many).status_code < 500


def scope(path: str, *, signed_in: bool, method: str = "POST") -> dict[str, Any]:
    cookie = f"{settings.SESSION_COOKIE_NAME}=x".encode()
    return {"method": method, "path": path, "headers": [(b"cookie", cookie)] if signed_in else []}


@pytest.mark.any_database
@pytest.mark.parametrize("row", POSTS, ids=str)
def test_the_body_of_every_request_is_bounded_before_a_page_sees_it(row: Row):
    path = "/" + row.pattern
    stranger, member = (limits_for(scope(path, signed_in=signed_in)) for signed_in in (False, True))
    assert stranger.max_bytes == STRANGER_BYTES
    brings_files = path in ("/uploads/", "/settings/imports/")
    assert member.max_bytes == (settings.ENVIRONMENT.max_upload_bytes if brings_files else FORM_BYTES)


def seconds(work: Any, data: Any) -> float:
    began = time.process_time()
    work(data)
    return time.process_time() - began


GROWING = {
    "sanitise": (html.sanitize, ["<b>", "<!--", "<a href='", "&#x", "<p style='a:b;", "<table><tr>", "<![CDATA[", "</"]),
    "html to text": (text_of, ["<li>", "<blockquote>", "<br>", "<a href=x>"]),
    "split": (split_reply, ["> ", "On x wrote:\n", "-- \n", "From: a\n", "_", "Am 1.1. schrieb a:\n", "\t \n", "|"]),
    "search words": (terms, ["a ", "漢", "'", "-", "\u0301"]),
    "file name": (text.safe_filename, [".", "\u200b", "/", "ﷺ"]),
    "addresses": (lambda each: parse_mail(b"From: " + each.encode() + b"\r\n\r\nx"), ["a@b,", "(", "<", '"', "=?", "a b ", ";", "\\"]),
    "headers": (lambda each: parse_mail(b"Subject: " + each.encode() + b"\r\n\r\nx"), ["=?utf-8?q?", "=?", "?=", "=?u?b?x?= ", "\t"]),
}  # fmt: skip


@pytest.mark.any_database
@pytest.mark.parametrize("what", GROWING)
def test_work_grows_no_faster_than_its_input(what):
    work, pumps = GROWING[what]
    for pump in pumps:
        small, large = (pump * (size // len(pump)) for size in (4_000, 64_000))
        seconds(work, small)
        # Sixteen times the text costs at most 64 times the time, or less than a mail may take at all.
        assert seconds(work, large) < max(64 * seconds(work, small), 2.0), pump
