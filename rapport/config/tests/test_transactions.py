"""One unsafe request is one transaction."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.http import Http404, HttpResponse
from django.test import RequestFactory

from rapport.config.transactions import UnsafeRequestsInOneTransaction
from rapport.events import recording
from rapport.events.models import Event

pytestmark = pytest.mark.django_db(transaction=True)


def run(view, method: str = "POST") -> Any:
    """What Django's handler does around the innermost middleware."""

    def handler(request):
        middleware.process_view(request, view, (), {})
        try:
            return view(request)
        except Exception as error:
            middleware.process_exception(request, error)
            return HttpResponse(status=500)

    middleware = UnsafeRequestsInOneTransaction(handler)
    return middleware(RequestFactory().generic(method, "/"))


def records(request) -> HttpResponse:
    recording.record("test.happened")
    return HttpResponse(str(connection.in_atomic_block))


def test_an_unsafe_request_is_kept_as_a_whole():
    assert run(records).content == b"True"
    assert Event.objects.count() == 1
    assert not connection.in_atomic_block


@pytest.mark.parametrize("error", [ValueError, Http404])
def test_a_view_that_raises_leaves_nothing_behind(error):
    def fails(request):
        recording.record("test.happened")
        raise error

    assert run(fails).status_code == 500
    assert not Event.objects.exists()
    assert not connection.in_atomic_block


def test_a_safe_request_opens_no_transaction():
    assert run(records, "GET").content == b"False"


def test_a_view_may_open_its_transactions_itself():
    own = partial(records)
    own.opens_own_transactions = True  # type: ignore[attr-defined]
    assert run(own).content == b"False"
