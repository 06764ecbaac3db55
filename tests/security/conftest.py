"""One company for all tests of a module: each request is undone, so that they can share it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from rapport.desk.settings.inboxes import examining
from tests.security.company import Company, found_company


@pytest.fixture(scope="module")
def company(django_db_setup: None, django_db_blocker: Any) -> Iterator[Company]:
    """The company, in a transaction that ends with the module. The doctor does not run: he would wait for it."""
    begin = examining.in_background
    examining.in_background = lambda work: None
    with django_db_blocker.unblock(), transaction.atomic():
        yield found_company()
        transaction.set_rollback(True)
    examining.in_background = begin
