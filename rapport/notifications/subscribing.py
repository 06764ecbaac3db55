"""The browsers in which people want to be told: turned on, tried, removed. Each lives as long as its session."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.db import transaction
from django.db.models import QuerySet

from rapport.events import waking
from rapport.kit import clock, webpush
from rapport.kit.addresses import TargetRefused, judge_address, read_target
from rapport.notifications.errors import BadDevice, CopyOnHold, NoSuchDevice, TooManyDevices
from rapport.notifications.models import ENDPOINT_CHARS, Device, Push
from rapport.people import changing, installing
from rapport.people.models import Account

MOST_DEVICES = 10
PORTS = frozenset({443})
SHOWN_AFTER_END = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a browser says of itself: where it is reached and the two keys that only it can read with."""

    endpoint: str
    p256dh: str
    auth: str

    def check(self) -> None:
        """Raises BadDevice, unless this may be a push service's address and a browser's keys.

        The name is looked up and judged when something is sent, each time; here nobody waits for a network.
        """
        try:
            if len(self.endpoint) > ENDPOINT_CHARS or not self.endpoint.isascii() or "://" not in self.endpoint:
                raise BadDevice
            target = read_target(self.endpoint, schemes=("https",))
            webpush.read_keys(self.p256dh, self.auth)
        except (TargetRefused, webpush.BadSubscription):
            raise BadDevice from None
        is_number = ":" in target.host or target.host.replace(".", "").isdigit()
        if is_number and not judge_address(target.host, allow_nets=settings.ENVIRONMENT.allow_nets).allow:
            raise BadDevice
        if target.port not in PORTS:
            raise BadDevice


@transaction.atomic
def subscribe(account: Account, *, subscription: Subscription, name: str, session: UserSession) -> Device:
    """Tell the account in this browser from now on. Once more from the same browser brings its row up to date.

    Raises BadDevice, TooManyDevices.
    """
    subscription.check()
    Account.objects.select_for_update(of=("self",)).get(pk=account.pk)
    facts = {"p256dh": subscription.p256dh, "auth": subscription.auth, "name": name[:80], "session": session}
    living = Device.objects.filter(ended_at__isnull=True)
    known = living.select_for_update().filter(endpoint=subscription.endpoint).first()
    if known is not None and known.account_id != account.pk:
        # Another person signed in at this browser. Who knows an endpoint but not its keys is somebody else.
        if not hmac.compare_digest(known.auth, subscription.auth):
            raise BadDevice
        known.delete()
        known = None
    forget(living.filter(account=account, session=session).exclude(endpoint=subscription.endpoint))
    if known is not None:
        living.filter(pk=known.pk).update(**facts)
        known.refresh_from_db()
        return known
    if living.filter(account=account).count() >= MOST_DEVICES:
        _forget_signed_out(account)
        if living.filter(account=account).count() >= MOST_DEVICES:
            raise TooManyDevices
    return Device.objects.create(account=account, endpoint=subscription.endpoint, **facts)


def unsubscribe(account: Account, device_id: int) -> None:
    """Take one of the account's browsers off the list. Raises NoSuchDevice."""
    if not forget(Device.objects.filter(account=account, pk=device_id)):
        raise NoSuchDevice


@transaction.atomic
def try_out(account: Account, device_id: int) -> Device:
    """Let something be shown in one of the account's browsers now, also where that rests after failures: somebody is
    looking. Raises NoSuchDevice, CopyOnHold."""
    device = Device.objects.select_for_update().filter(account=account, pk=device_id, ended_at__isnull=True).first()
    if device is None:
        raise NoSuchDevice
    if installing.is_held():
        raise CopyOnHold
    trial = Push.objects.filter(device=device, is_trial=True)
    if not trial.filter(claimed_until=None).update(next_try_at=clock.now()) and not trial.exists():
        Push.objects.create(device=device, is_trial=True)
    waking.wake_after_commit()
    return device


@transaction.atomic
def forget(devices: QuerySet[Device]) -> int:
    """Delete browsers and what waits for them; how many browsers. They are locked first, as who carries pushes locks
    them: Django alone would begin with the pushes, and the two could wait for each other."""
    found = list(devices.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    if found:
        Device.objects.filter(pk__in=found).delete()
    return len(found)


def devices_of(account: Account) -> list[Device]:
    """Where the account is told, and what ended of late; newest first."""
    rows = Device.objects.filter(account=account).select_related("session", "account").order_by("-pk")
    return [row for row in rows if row.ended_at or is_signed_in(row)]


def is_signed_in(device: Device) -> bool:
    """Whether the session in which this was turned on would be let in today."""
    store: Any = import_module(settings.SESSION_ENGINE).SessionStore(device.session.session_key)
    held = store.load()
    account = device.account
    is_theirs = held.get(SESSION_KEY) == str(account.pk) and held.get(changing.VERSION_KEY) == account.access_version
    return is_theirs and account.is_active


def forget_old() -> int:
    """Drop browsers whose sessions are over, and what ended long ago."""
    rows = Device.objects.filter(ended_at__isnull=True).select_related("session", "account").iterator(chunk_size=500)
    over = [row.pk for row in rows if not is_signed_in(row)]
    long_ago = Device.objects.filter(ended_at__lt=clock.now() - SHOWN_AFTER_END)
    return forget(Device.objects.filter(pk__in=over)) + forget(long_ago)


def _forget_signed_out(account: Account) -> None:
    rows = Device.objects.filter(account=account, ended_at__isnull=True).select_related("session", "account")
    forget(Device.objects.filter(pk__in=[row.pk for row in rows if not is_signed_in(row)]))
