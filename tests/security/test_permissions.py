"""R-16, SEC-04: what each role gets from each address, read from the product's own resolver."""

from __future__ import annotations

import os
import re
from collections import Counter

import pytest

from rapport.conversations.access import conversations_visible_to
from rapport.people.models import Account
from tests.security import permissions
from tests.security.company import ROLES
from tests.security.routes import CANARIES, METHODS, comparable, every_route, verdict

pytestmark = pytest.mark.django_db
TABLE = list(permissions.rows())
UNKNOWN = (10**9 + 7, 10**18 + 7)
BLIND = ("anonymous", "outsider", "colleague", "left", "ended")
# Which right opens which address is told without a database: the second is asked by those whose rows are chosen in
# different ways (all, those of their teams, those they were asked about, none), the first by everybody.
DIFFERING = ("owner", "agent", "asked", "outsider", "anonymous")
ASKED_WITH = DIFFERING if os.environ.get("RAPPORT_TEST_DATABASE") == "postgresql" else ROLES
MAIL_CANARIES = (b"Quaggawords", b"quaggafile", b"Quaggaorder")  # what a colleague who was asked does not read either


def test_every_address_is_declared_and_nothing_else():
    assert {row.pattern for row in TABLE} == set(every_route())


def test_no_line_stands_twice():
    assert not [line for line, times in Counter(map(str, TABLE)).items() if times > 1]


@pytest.mark.parametrize("row", TABLE, ids=str)
def test_each_role_gets_what_is_declared_and_not_a_word_more(company, row):
    data = permissions.form(row, company)
    given = {}
    for role in ASKED_WITH:
        answer = company.ask(role, row.method, permissions.address(row.pattern, company, role), data)
        given[role] = verdict(answer)
        hidden = CANARIES if role in BLIND else MAIL_CANARIES if role == "asked" else ()
        assert not [word for word in hidden if word in answer.whole], role
    assert given == {role: row.cells[role] for role in ASKED_WITH}


@pytest.mark.parametrize("row", [row for row in TABLE if "?" in row.cells.values()], ids=str)
def test_what_is_forbidden_looks_like_what_does_not_exist(company, row):
    data = permissions.form(row, company)
    for role in (role for role, cell in row.cells.items() if cell == "?"):
        forbidden_path = permissions.address(row.pattern, company, role)
        forbidden = comparable(company.ask(role, row.method, forbidden_path, data), forbidden_path)
        for number in UNKNOWN:
            path = permissions.unknown_address(row.pattern, company, role, number) or forbidden_path
            assert comparable(company.ask(role, row.method, path, data), path) == forbidden, (role, path)


@pytest.mark.any_database
@pytest.mark.parametrize("pattern", sorted({row.pattern for row in TABLE}))
def test_methods_that_are_not_declared_are_refused(company, pattern):
    declared = {row.method for row in TABLE if row.pattern == pattern}
    path = permissions.address(pattern, company, "agent")
    # The sign-in package answers some of them with its page; that they change nothing is asserted in test_forgery.
    for method in set(METHODS) - declared if not pattern.startswith("accounts/") else ():
        assert company.ask("owner", method, path).status_code == 405, method


def test_who_may_see_it_reads_every_word(company):
    path = f"/conversations/{company.conversation.pk}/"
    page = company.ask("agent", "GET", path).whole
    assert not [word for word in CANARIES if word not in page]


SEES = {role for role in ROLES if role not in BLIND}


FOUND_BY_ALL = ("Quaggasubject", "tag:quaggatag", "is:open")
FIELD = "field:order-number"
FOUND_BY_READERS = (
    "Quaggawords",
    "quaggafile",
    "customer:carla@example.org",
    "carla",
    "Quaggaorder",
    f"{FIELD}=quaggaorder",
    FIELD,
)


@pytest.mark.parametrize("query", [*FOUND_BY_ALL, *FOUND_BY_READERS])
@pytest.mark.parametrize("page", ["/search/?q=", "/inbox/rows/?q="])
def test_search_finds_only_what_one_may_see(company, page, query):
    link = f"/conversations/{company.conversation.pk}/".encode()
    finders = {role for role in ROLES if link in company.ask(role, "GET", page + query).whole}
    assert finders == (SEES if query in FOUND_BY_ALL else SEES - {"asked"})


@pytest.mark.parametrize("view", ["open", "mine", "unassigned", "mentions", "team", "spam", "closed", "all", "x"])
def test_no_view_lists_what_one_may_not_see(company, view):
    asked_for = f"team:{company.cast.shop.pk}" if view == "team" else view
    link = f"/conversations/{company.conversation.pk}/".encode()
    for role in BLIND:
        for page in ("/inbox/?view=", "/inbox/rows/?view=", "/inbox/board/?view="):
            assert link not in company.ask(role, "GET", page + asked_for).whole, role


@pytest.mark.parametrize("by", ["status", "assignee", "team"])
def test_no_board_shows_or_counts_what_one_may_not_see(company, by):
    link = f"/conversations/{company.conversation.pk}/".encode()
    query = f"?view=open&by={by}"
    for role in ("outsider", "colleague", "left"):
        page = company.ask(role, "GET", f"/inbox/board/{query}").whole.decode()
        assert link.decode() not in page, role
        lanes = re.findall(r'data-lane="([^"]+)"', page)
        counted = 0
        for lane in lanes:
            assert link not in company.ask(role, "GET", f"/inbox/board/lanes/{query}&lane={lane}").whole, role
            counted += int(company.ask(role, "GET", f"/inbox/board/counts/{query}&lane={lane}").json()[lane])
        assert counted == seen_by(company, role, by), role


def seen_by(company, role, by):
    """How many conversations the board of all open ones holds for this role: by status the others too."""
    account = Account.objects.get(pk=company.accounts[role].pk)
    seen = conversations_visible_to(account).filter(merged_into=None).exclude(status="spam")
    return (seen if by == "status" else seen.filter(status="open")).count()


def test_counts_count_only_what_one_may_see(company):
    counts = {
        role: company.ask(role, "GET", "/inbox/counts/").json() for role in ROLES if role not in ("anonymous", "ended")
    }
    assert counts["colleague"]["open"] == 0
    assert (counts["asked"]["open"], counts["asked"]["mentions"]) == (1, 1)
    assert counts["outsider"]["open"] == 1  # the one of the drivers
    assert (
        f"team:{company.cast.shop.pk}" not in counts["outsider"]
        or not counts["outsider"][f"team:{company.cast.shop.pk}"]
    )
