"""Setting inboxes up while the worker works with them."""

from __future__ import annotations

import pytest

from rapport.channels import configuring
from rapport.channels.configuring import Setup
from rapport.channels.models import Inbox
from rapport.channels.secrets import read_secrets, write_secrets

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("secrets", [{}, {"smtp_password": "new"}])
def test_a_token_renewed_since_the_page_was_read_is_kept(secrets):
    setup = Setup("Shop", "hello@fleur.example", secrets={"oauth": {"refresh_token": "old"}})
    as_read = configuring.create(setup, by=None)
    write_secrets(Inbox.objects.get(), {"oauth": {"refresh_token": "renewed"}})
    configuring.change(as_read, setup=Setup("Store", "hello@fleur.example", secrets=secrets), by=None)
    assert read_secrets(Inbox.objects.get()) == {"oauth": {"refresh_token": "renewed"}, **secrets}
    write_secrets(Inbox.objects.get(), {"oauth": {"refresh_token": "again"}})
    configuring.change_settings(as_read, settings={}, secrets=secrets, by=None)
    assert read_secrets(Inbox.objects.get()) == {"oauth": {"refresh_token": "again"}, **secrets}
