"""Who reads a part of an inbox."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rapport.channels import reading
from rapport.channels.models import Inbox
from rapport.kit import clock

pytestmark = pytest.mark.django_db


def test_a_lease_taken_before_the_clock_went_back_holds_nobody_up_for_that_hour():
    inbox = Inbox.objects.create(kind="email", name="Shop", address="hello@fleur.example")
    now = clock.now()
    with clock.standing_at(now + timedelta(hours=1)):
        assert reading.lease(inbox, "INBOX", by="elsewhere/1")
        assert reading.lease(inbox, "INBOX", by="elsewhere/2") is None
    with clock.standing_at(now):
        assert reading.lease(inbox, "INBOX", by="elsewhere/2")
