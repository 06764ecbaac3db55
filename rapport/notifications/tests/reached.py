"""A signed-in browser that takes pushes, for tests."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from rapport.notifications.models import Device
from rapport.people.changing import VERSION_KEY
from rapport.people.models import Account
from tests.servers.push_service import Browser


def session_of(account: Account) -> UserSession:
    """A session in which the account is signed in."""
    store: Any = import_module(settings.SESSION_ENGINE).SessionStore()
    by_whom = {SESSION_KEY: str(account.pk), BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0]}
    store.update({**by_whom, HASH_SESSION_KEY: account.get_session_auth_hash(), VERSION_KEY: account.access_version})
    store.save()
    return UserSession.objects.create(user=account, ip="192.0.2.1", session_key=store.session_key)


def device_of(account: Account, *, endpoint: str = "", browser: Browser | None = None) -> Device:
    """A browser of the account, as `subscribe` would have stored it."""
    browser = browser or Browser()
    return Device.objects.create(
        account=account,
        session=session_of(account),
        name="Firefox, Linux",
        endpoint=endpoint or f"https://push.example/{browser.auth}",
        p256dh=browser.p256dh,
        auth=browser.auth,
    )
