"""Whatever a settings page stores, the audit log tells of it: every route of the settings is walked with an honest form.

A new route is walked the moment it stands in the matrix (permissions.py); one that stores something without a word in
the log is a red test. `events/auditing.py` says how to tell.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection, transaction

from rapport.desk.settings.audit import words
from rapport.desk.tests.test_settings import inbox_fields
from rapport.events.models import Event
from tests.security import permissions
from tests.security.company import Company

pytestmark = pytest.mark.django_db
_WRITES = re.compile(r'^\s*(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM)\s+"(\w+)"', re.IGNORECASE)
# Not settings: sessions and their list, the log itself, caches, mail that goes out, what the doctor found.
_PASSING = {"django_session", "usersessions_usersession", "events_event", "cache", "outbox_delivery"}
# Routes of the settings of which the log needs no word, and why.
_UNTOLD = {
    "settings/inboxes/<int:pk>/examinations/": "the doctor only looks",
    "settings/inboxes/<int:pk>/consent/": "sends the browser to the provider; what comes back is stored by the answer",
    "account/notifications/": "one's own bell: nobody else's work hangs on it",
    "account/notifications/<str:topic>/": "one's own bell",
    "settings/inboxes/practice/removal/": "there is none to be removed; practice/tests/test_practising.py looks",
    "account/writing/": "one's own way to write",
    "settings/views/arrangement/": "one's own rail",
    "account/devices/": "where one is told oneself, for as long as the session",
    "account/devices/key/": "a pair of keys is made, that nobody chose",
    "account/devices/<int:pk>/removal/": "where one is told oneself",
    "account/devices/<int:pk>/trial/": "changes nothing",
    "settings/cards/<int:pk>/trial/": "changes nothing",
    "account/sessions/closure/": "sessions are no setting",
    "account/sessions/<int:pk>/closure/": "sessions are no setting",
}
ROWS = [
    row
    for row in permissions.rows()
    if row.method != "GET" and row.pattern.startswith(("settings/", "account/")) and row.pattern not in _UNTOLD
]
_EXAMPLES: dict[str, dict[str, Any]] = {
    "settings/inboxes/new/": inbox_fields(address="orders@fleur.example"),
    "settings/inboxes/<int:pk>/": inbox_fields(address="orders@fleur.example"),
    "settings/inboxes/<int:pk>/trusted-server/": {"authserv_id": "mx.fleur.example"},
}


def asked(company: Company, row: permissions.Row) -> tuple[set[str], list[Event], int]:
    """Tables that the request wrote, what the log told of it, and its status; then all of it is undone."""
    written: set[str] = set()

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        found = _WRITES.match(sql)
        if found:
            written.add(found[1])
        return execute(sql, params, many, context)

    newest = Event.objects.order_by("-pk").values_list("pk", flat=True)[0]
    form = {**(permissions.form(row, company) or {}), **_EXAMPLES.get(row.pattern, {})}
    with transaction.atomic():
        with connection.execute_wrapper(note):
            path = permissions.address(row.pattern, company, "owner")
            status = getattr(company.clients["owner"], row.method.lower())(path, form).status_code
        told = list(Event.objects.filter(pk__gt=newest, area__isnull=False))
        transaction.set_rollback(True)
    return written - _PASSING, told, status


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_what_the_settings_store_is_told_by_the_log(company, row):
    before = company.clients["owner"].cookies.copy()
    written, told, status = asked(company, row)
    company.clients["owner"].cookies = before
    assert status < 400, f"the honest form was refused: {status}"
    assert written, "nothing was stored: give the row a form in permissions.FORMS that changes something"
    assert told, f"no line in the audit log, although {sorted(written)} changed: see events/auditing.py"
    assert all(one.actor_id == company.cast.flora.pk for one in told)
    assert all(one.area in words.AREAS and one.kind.partition(".")[2] in words.ACTS for one in told)
    assert all("before" in one.data or "after" in one.data or "secret" in one.data or _is_whole(one) for one in told)


def _is_whole(event: Event) -> bool:
    """Acts that say all by themselves."""
    return event.kind.partition(".")[2] not in ("created", "changed")
