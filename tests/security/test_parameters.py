"""SEC-04, R-16: what stands beside the address. A thing that a role may not see answers as one that does not exist."""

from __future__ import annotations

from typing import Any

import pytest

from rapport.channels.access import inboxes_visible_to
from rapport.channels.models import Inbox
from rapport.conversations import authoring
from rapport.conversations.access import conversations_visible_to
from rapport.conversations.models import Conversation, Macro, Message
from rapport.files.models import Attachment
from rapport.people.access import accounts_visible_to, customers_visible_to, teams_visible_to
from rapport.people.models import Account, Customer, Team
from tests.security import permissions
from tests.security.company import ROLES, UNKNOWN, Company
from tests.security.parameters import IDS, PLAIN, Naming, read_by_pages
from tests.security.routes import CANARIES, comparable
from tests.security.test_bounds import our_forms

pytestmark = pytest.mark.django_db
SEEN = {
    "conversation": (Conversation, conversations_visible_to),
    "customer": (Customer, customers_visible_to),
    "account": (Account, accounts_visible_to),
    "team": (Team, teams_visible_to),
    "inbox": (Inbox, inboxes_visible_to),
    "macro": (Macro, authoring.visible_to),
}


def test_every_parameter_is_declared():
    known = PLAIN | {naming.name for naming in IDS}
    read = {f"{file}: {name}" for file, name in read_by_pages() if name not in known}
    assert len(set(read_by_pages())) > 30
    fields = {
        f"{form.__qualname__}.{name}"
        for form in our_forms()
        if form.__module__.startswith("rapport.desk.")
        for name in form.base_fields
        if name not in known
    }
    assert not read | fields


def hidden(naming: Naming, company: Company, account: Account) -> list[int]:
    """Ids of this kind that the account may not see, or may not use."""
    if naming.of == "file":
        taken = Attachment.objects.exclude(message_id=None)
        others = Attachment.objects.filter(message_id=None).exclude(uploader_id=account.pk)
        return [*taken.values_list("pk", flat=True)[:2], *others.values_list("pk", flat=True)[:2]]
    if naming.of == "role":
        return []
    if naming.of in ("message", "file elsewhere"):
        here = Message.objects.filter(conversation=company.conversation).values("pk")
        if naming.of == "message":
            return list(Message.objects.exclude(pk__in=here).values_list("pk", flat=True)[:4])
        elsewhere = Attachment.objects.filter(message_id=None) | Attachment.objects.exclude(message_id__in=here)
        return list(elsewhere.values_list("pk", flat=True)[:4])
    model, seen = SEEN[naming.of]
    everything: Any = model
    return list(everything.objects.exclude(pk__in=seen(account).values("pk")).values_list("pk", flat=True)[:4])


@pytest.mark.parametrize("naming", IDS, ids=lambda naming: f"{naming.pattern} {naming.act} {naming.name}")
def test_what_a_role_may_not_see_is_as_if_it_did_not_exist(company, naming):
    pattern = naming.pattern.rstrip("?")
    method = "GET" if naming.pattern.endswith("?") else "POST"
    row = next(row for row in permissions.rows() if (row.method, row.pattern) == (method, pattern))
    compared = 0
    for role in (role for role in ROLES if row.cells[role] in "+!" and role != "anonymous"):
        account = Account.objects.get(pk=company.accounts[role].pk)
        path = permissions.address(pattern, company, role)
        form = (permissions.form(row, company) or {}) | ({"act": naming.act} if naming.act else {})
        nowhere = company.ask(role, method, path, {**form, naming.name: UNKNOWN})
        assert nowhere.status_code < 500, role
        for pk in hidden(naming, company, account):
            there = company.ask(role, method, path, {**form, naming.name: pk})
            assert comparable(there, path) == comparable(nowhere, path), (role, pk)
            hides = naming.of == "conversation" and role not in ("agent", "supervisor", "guest", "asked", "owner")
            assert not [word for word in CANARIES if hides and word in there.whole]
            compared += 1
    # Where everybody who gets this far may see all there is, nothing is left to compare but that nothing breaks.
    assert compared or naming.of in ("account", "team", "role", "customer", "inbox"), "nobody was kept from anything"
