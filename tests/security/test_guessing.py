"""SEC-14, SEC-15: trying tells nobody which addresses are known, and few tries are looked at, whoever makes them."""

from __future__ import annotations

import os
import re
import statistics
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import get_hasher
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils.http import int_to_base36

from rapport.conversations.tests.cast import PASSWORD
from rapport.desk import limiting
from rapport.desk.account.reset_keys import ResetKeys
from rapport.kit import clock
from rapport.kit.secrets import random_token
from rapport.outbox.models import Delivery
from tests.security.company import Company

pytestmark = pytest.mark.django_db
LOGIN, RESET = "/accounts/login/", "/accounts/password/reset/"
OUTBOX = "rapport.outbox.backend.OutboxBackend"
# For each of the four ways; the database makes no difference to what they are.
TRIES = int(os.environ.get("GUESSES", "400" if connection.vendor == "sqlite" else "100"))
CHANGING = re.compile(rb'nonce="[^"]*"|value="\w{64}"|[\w.+-]+@[\w.-]+')


@pytest.fixture
def no_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every try is looked at."""
    from allauth.core.internal.ratelimit import RateLimitUsage

    monkeypatch.setattr(limiting, "allow_attempt", lambda *args, **options: RateLimitUsage(usage=[]))
    monkeypatch.setattr(limiting, "allow_reset_mail", lambda *args, **options: True)
    monkeypatch.setattr("allauth.core.ratelimit.consume", lambda *args, **options: True)


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A line for each time a password is hashed: what costs an attacker's guess its time."""
    done: list[str] = []
    kind = type(get_hasher())
    real = kind.encode

    def encode(self: Any, password: str, *args: Any, **options: Any) -> Any:
        done.append(password)
        return real(self, password, *args, **options)

    monkeypatch.setattr(kind, "encode", encode)
    return done


def ways(company: Company) -> dict[str, dict[str, tuple[str, str, dict[str, str]]]]:
    """What a stranger can try, each with somebody known and with nobody."""
    ana, nobody, ended = company.cast.ana, "eve@fleur.example", company.accounts["ended"].email
    # As after a first sign-in: the sign-in package then keeps the address in a row of its own.
    EmailAddress.objects.get_or_create(user=ana, email=ana.email, defaults={"verified": True, "primary": True})

    def key(pk: int) -> str:
        return f"/accounts/password/reset/key/{int_to_base36(pk)}-cxj3yv-0123456789abcdef0123456789abcdef/"

    return {
        "login": {
            who: ("POST", LOGIN, {"login": email, "password": "wrong-password-1"})
            for who, email in {"known": ana.email, "unknown": nobody, "ended": ended}.items()
        },
        "reset": {
            who: ("POST", RESET, {"email": email}) for who, email in {"known": ana.email, "unknown": nobody}.items()
        },
        "reset key": {"known": ("GET", key(ana.pk), {}), "unknown": ("GET", key(10**9), {})},
        "invitation": {
            who: ("POST", f"/invitations/{token}/", {"name": "Eve", "password": "peonies-and-rain-7"})
            for who, token in {"near": nearly(company.token), "far": random_token()}.items()
        },
    }


def nearly(token: str) -> str:
    """Another token: one in thirty-two ends with any given sign."""
    return token[:-1] + ("6" if token.endswith("7") else "7")


@pytest.mark.parametrize("way", ["login", "reset", "reset key", "invitation"])
def test_nothing_tells_who_is_known(company, no_limits, hashed, way, record_property):
    tries = ways(company)[way]
    answers: set[Any] = set()
    effort: dict[str, Counter[Any]] = {who: Counter() for who in tries}
    # Processor time: what a busy machine adds to the clock says nothing of the work.
    times: dict[str, list[float]] = {who: [] for who in tries}
    with override_settings(ACCOUNT_RATE_LIMITS=False, EMAIL_BACKEND=OUTBOX):
        for turn in range(TRIES // len(tries)):
            for who, (method, path, form) in sorted(tries.items(), reverse=turn % 2 == 0):
                hashed.clear()
                began = time.thread_time()
                answer = company.ask("anonymous", method, path, form)
                times[who].append(time.thread_time() - began)
                effort[who][len(hashed)] += 1
                # A page may name its own address, which whoever asks knows.
                told = CHANGING.sub(b"", answer.whole).replace(path.encode(), b"")
                answers.add((answer.status_code, answer.get("Location"), told))
    assert len(answers) == 1
    # Hashes cost what the operator's setting says, so they are counted; of all else the medians are compared.
    assert len({frozenset(each.items()) for each in effort.values()}) == 1, effort
    medians = {who: round(statistics.median(taken) * 1000, 2) for who, taken in times.items()}
    for who, taken in medians.items():
        record_property(f"{way}, {who}: median ms", taken)
    assert max(medians.values()) - min(medians.values()) < 5, medians


def test_the_database_is_asked_as_often_for_somebody_as_for_nobody(company, no_limits):
    for way, tries in ways(company).items():
        asked = {}
        for who, (method, path, form) in tries.items():
            company.ask("anonymous", method, path, form)  # what is done once only is done now
            with (
                CaptureQueriesContext(connection) as queries,
                override_settings(ACCOUNT_RATE_LIMITS=False, EMAIL_BACKEND=OUTBOX),
            ):
                company.ask("anonymous", method, path, form)
            asked[who] = [
                one["sql"].split(maxsplit=1)[0] for one in queries if one["sql"] and "SAVEPOINT" not in one["sql"]
            ]
        # One look by a unique index more tells nothing: an unknown address is looked for in a second table.
        assert max(map(len, asked.values())) - min(map(len, asked.values())) <= 1, (way, asked)
        assert len({one.count("INSERT") for one in asked.values()}) == 1, (way, asked)


def test_for_an_address_that_nobody_has_nothing_waits_to_be_sent(company, no_limits):
    with override_settings(EMAIL_BACKEND=OUTBOX):
        before = Delivery.objects.count()
        for email, queued in (("eve@fleur.example", 0), (company.cast.ana.email, 1)):
            Client(REMOTE_ADDR="198.51.100.7").post(RESET, {"email": email})
            assert Delivery.objects.count() == before + queued


def test_a_reset_key_is_good_once_and_for_an_account_that_may_sign_in(company):
    ana, ended = company.cast.ana, company.accounts["ended"]
    for account, status in ((ana, 302), (ended, 200)):
        page = f"/accounts/password/reset/key/{int_to_base36(account.pk)}-{ResetKeys().make_token(account)}/"
        assert company.ask("anonymous", "GET", page).status_code == status
    key = ResetKeys().make_token(ana)
    ana.set_password("another-password-8")
    assert not ResetKeys().check_token(ana, key)
    ana.refresh_from_db()


def tried(addresses: Callable[[int], str], emails: Callable[[int], str], times: int) -> Counter[int]:
    """Many sign-ins with a wrong password, all within a minute; how often each status came back."""
    cache.clear()
    client, statuses = Client(), Counter[int]()
    with time_machine.travel(clock.now(), tick=False):
        for n in range(times):
            form = {"login": emails(n), "password": f"wrong-{n}"}
            statuses[client.post(LOGIN, form, REMOTE_ADDR=addresses(n)).status_code] += 1
    return statuses


# As many as fill the table that limits are counted in, were each to leave something there.
CROWD = int(os.environ.get("GUESSES", "350"))


@pytest.mark.parametrize("attack", ["one address", "one account", "many of both"])
def test_few_of_many_tries_are_looked_at_and_the_owner_comes_in(company, hashed, attack):
    ana, known = company.cast.ana, "203.0.113.77"
    assert Client(REMOTE_ADDR=known).post(LOGIN, {"login": ana.email, "password": PASSWORD}).status_code == 302
    hashed.clear()
    statuses = tried(
        {"one address": lambda n: "198.51.100.1"}.get(attack, lambda n: f"198.{n // 62500}.{n // 250 % 250}.{n % 250}"),
        {"one account": lambda n: ana.email}.get(attack, lambda n: f"{n}@fleur.example"),
        tries := CROWD if attack == "many of both" else 60,
    )
    assert len(hashed) <= 20
    assert statuses[429] >= tries - 20
    assert set(statuses) == {200, 429}
    answer = Client(REMOTE_ADDR=known).post(LOGIN, {"login": ana.email, "password": PASSWORD})
    assert answer.status_code == 302


def test_what_was_refused_is_refused_with_the_right_password_too(company):
    ana = company.cast.ana
    tried(lambda n: "198.51.100.1", lambda n: ana.email, 12)
    answer = Client(REMOTE_ADDR="198.51.100.1").post(LOGIN, {"login": ana.email, "password": PASSWORD})
    assert (answer.status_code, "Retry-After" in answer.headers) == (429, True)


def test_a_flood_of_resets_mails_one_person_rarely(company):
    cache.clear()
    mail.outbox.clear()
    for n in range(12):
        Client(REMOTE_ADDR=f"198.51.100.{n}").post(RESET, {"email": company.cast.ana.email})
    assert 1 <= len(mail.outbox) <= 5
    cache.clear()


def test_the_installation_mails_so_many_resets_and_no_more(company, rf):
    cache.clear()
    request = rf.post(RESET)
    allowed = [limiting.allow_reset_mail(request) for _ in range(limiting.RESET_MAILS_AN_HOUR + 3)]
    assert allowed.count(True) == limiting.RESET_MAILS_AN_HOUR
    mail.outbox.clear()
    statuses = {
        Client(REMOTE_ADDR="198.51.100.9").post(RESET, {"email": email}).status_code
        for email in (company.cast.sam.email, "eve@fleur.example")
    }
    assert (mail.outbox, statuses) == ([], {302})
    cache.clear()


def test_codes_of_a_second_factor_are_tried_rarely(company):
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    cache.clear()
    TOTP.activate(company.cast.ana, generate_totp_secret())
    client = Client(REMOTE_ADDR="203.0.113.78")
    client.post(LOGIN, {"login": company.cast.ana.email, "password": PASSWORD})
    looked_at = 0
    for n in range(15):
        page = client.post("/accounts/2fa/authenticate/", {"code": f"{n:06}"})
        looked_at += page.status_code == 200 and b"Incorrect code" in page.content
    assert 1 <= looked_at <= 10
    cache.clear()
