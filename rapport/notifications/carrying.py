"""Carrying pushes to the push services of browsers: claimed, said, sealed, handed over, and what became of it noted.

A push cannot be sent exactly once. Each try is counted before anything leaves, so a worker that dies at the worst
moment repeats a push at most until MOST_TRIES; the browser shows the repeated one in place of the first.
"""

from __future__ import annotations

import hashlib
import json
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from rapport.kit import clock, http, webpush
from rapport.kit.http import ConnectionDenied, RequestFailed
from rapport.kit.secrets import SecretUnreadable
from rapport.notifications import failures, identifying, phrasing, standing, subscribing
from rapport.notifications.models import Device, Notification, Push
from rapport.people import installing

log = structlog.get_logger(__name__)

MOST_TRIES = 5
AT_ONCE = 8  # each is a thread while it waits for its push service
SECONDS = 10.0
CLAIM = timedelta(seconds=60)
REST_MINUTES = (1, 5, 15, 60)
LONGEST_REST = timedelta(minutes=REST_MINUTES[-1])
STALE = timedelta(hours=4)
GIVE_UP_DEVICE = timedelta(days=7)
_ANSWER_BYTES = 64 * 1024


@dataclass(slots=True)
class Letter:
    """One push ready to leave, and what came back: a status, or a reason why there is none."""

    push: Push
    headers: dict[str, str]
    body: bytes
    status: int = 0
    reason: str = ""
    wait: int = 0

    def post(self) -> None:
        """Hand it over. Follows no redirect, so that it reaches nobody but the place the browser named."""
        try:
            answer = http.request(
                "POST",
                self.push.device.endpoint,
                headers=self.headers,
                body=self.body,
                timeout=SECONDS,
                max_bytes=_ANSWER_BYTES,
                allow_nets=settings.ENVIRONMENT.allow_nets,
                max_redirects=0,
            )
        except ConnectionDenied as denied:
            self.reason = str(denied)
        except RequestFailed as failed:
            self.reason = failed.reason
        except Exception as error:
            log.exception("push_broke", push=self.push.pk)
            self.reason = failures.BROKE_OFF.format(type(error).__name__)
        else:
            self.status = answer.status
            after = answer.headers.get("retry-after", "")
            self.wait = int(after) if after.isascii() and after.isdigit() and len(after) < 9 else 0


def carry_due() -> int:
    """Carry some of the pushes that are due, each to another browser, all at the same time; how many were claimed.

    A restored copy sends nothing until it is released.
    """
    if installing.is_held():
        return 0
    claimed = _claim()
    letters = [letter for push in claimed if (letter := _prepared(push)) is not None]
    threads = [threading.Thread(target=letter.post, name="push", daemon=True) for letter in letters]
    for thread in threads:
        thread.start()
    for thread, letter in zip(threads, letters, strict=True):
        thread.join()
        try:
            _note(letter)
        except Exception:  # its claim runs out, and it is carried once more; the others must not be, too
            log.exception("push_not_noted", push=letter.push.pk)
    return len(claimed)


def next_due_at() -> datetime | None:
    """When the next push is to be tried; None while a restored copy is on hold."""
    if installing.is_held():
        return None
    return Push.objects.order_by("next_try_at").values_list("next_try_at", flat=True).first()


def _claim() -> list[Push]:
    """Mark some as being carried by this process, by conditional UPDATE, one for each device."""
    now = clock.now()
    due = Push.objects.filter(_is_due(now)).order_by("next_try_at", "pk").values_list("pk", "device_id")
    chosen: dict[int, int] = {}
    for pk, device in due[: AT_ONCE * 8]:
        chosen.setdefault(device, pk)
    mine = {"next_try_at": now + CLAIM, "claimed_until": now + CLAIM, "attempts": F("attempts") + 1}
    claimed = [pk for pk in list(chosen.values())[:AT_ONCE] if Push.objects.filter(_is_due(now), pk=pk).update(**mine)]
    return list(Push.objects.filter(pk__in=claimed).select_related("device__account", "device__session"))


def _is_due(now: datetime) -> Q:
    """What lies further ahead than we ever set it was set before the clock went back."""
    return Q(next_try_at__lte=now) | Q(next_try_at__gt=now + LONGEST_REST + clock.SLACK)


def _prepared(push: Push) -> Letter | None:
    """_prepare, with one that breaks keeping no other back; its claim runs out, and its tries are counted."""
    try:
        with transaction.atomic():
            return _prepare(push)
    except Exception:
        log.exception("push_not_prepared", push=push.pk)
        return None


def _prepare(push: Push) -> Letter | None:
    """What is to be sent; None when there is nothing any more, and then the push is gone."""
    device = push.device
    if push.attempts > MOST_TRIES or push.made_at < clock.now() - STALE:
        push.delete()
        return None
    if not subscribing.is_signed_in(device):
        subscribing.forget(
            Device.objects.filter(pk=device.pk)
        )  # the session is over, and with it all that was turned on in it
        return None
    said = _said(push)
    if said is None:
        push.delete()
        return None
    try:
        private = identifying.private_key()
        point, secret = webpush.read_keys(device.p256dh, device.auth)
    except (SecretUnreadable, webpush.BadSubscription) as error:
        log.warning("push_not_sealed", push=push.pk, reason=str(error))
        _note(Letter(push, {}, b"", reason=failures.UNREADABLE))
        return None
    now = int(clock.now().timestamp())
    headers = {
        "Authorization": webpush.authorization(private, endpoint=device.endpoint, contact=_contact(), now=now),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(int(STALE.total_seconds())),
        "Urgency": "normal" if len(push.notifications) > 1 else "high",
        "Topic": _topic(device, str(said["tag"])),
    }
    body = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
    return Letter(push, headers, webpush.encrypt(body, point=point, secret=secret))


def _said(push: Push) -> phrasing.Said | None:
    """The words, by what the account may see at this moment; None when all of it is read or lost."""
    account = push.device.account
    if push.is_trial:
        return phrasing.phrase_trial(account)
    rows = Notification.objects.filter(account=account, pk__in=push.notifications)
    news = standing.still_news(account, list(rows.select_related("conversation").order_by("pk")))
    return phrasing.phrase(news, account=account) if news else None


def _note(letter: Letter) -> None:
    """Write down what became of it. Here the device is always locked before its pushes: two workers may have one each."""
    push, now = letter.push, clock.now()
    if 200 <= letter.status < 300:
        with transaction.atomic():
            Device.objects.filter(pk=push.device_id).update(
                last_success_at=now, failures=0, failing_since=None, rest_until=None, last_failure=""
            )
            Push.objects.filter(pk=push.pk, attempts=push.attempts).delete()
    elif letter.status in (404, 410):
        log.info("device_gone", device=push.device_id, account=push.device.account_id, status=letter.status)
        _end(push.device, Device.Ended.GONE)
    else:
        _fail(letter, now)


def _fail(letter: Letter, now: datetime) -> None:
    """The device rests, longer each time; a push that nobody took five times is given up, and so is its device."""
    push, device = letter.push, letter.push.device
    reason = letter.reason or failures.ANSWERED.format(letter.status)
    log.info("push_failed", push=push.pk, device=device.pk, attempts=push.attempts, reason=reason)
    since = device.failing_since or now
    if now - since > GIVE_UP_DEVICE:
        _end(device, Device.Ended.UNREACHABLE)
        return
    failed = device.failures + 1
    minutes = REST_MINUTES[min(failed, len(REST_MINUTES)) - 1]
    rest = min(max(timedelta(minutes=minutes), timedelta(seconds=letter.wait)), LONGEST_REST)
    with transaction.atomic():
        Device.objects.filter(pk=device.pk).update(
            failures=failed,
            failing_since=since,
            rest_until=now + rest,
            last_failure_at=now,
            last_failure=reason[:200],
        )
        # Not what another worker has in hand: news that joined it now would be taken for carried.
        is_free = Q(pk=push.pk) | Q(claimed_until__isnull=True) | Q(claimed_until__lt=now)
        Push.objects.filter(is_free, device=device).update(next_try_at=now + rest, claimed_until=None)
        # 400 and 413 are about this very push: again would be the same.
        if push.attempts >= MOST_TRIES or letter.status in (400, 413):
            Push.objects.filter(pk=push.pk).delete()


@transaction.atomic
def _end(device: Device, why: Device.Ended) -> None:
    """Nothing is sent there any more, and nothing is left by which it could be."""
    Device.objects.filter(pk=device.pk).update(
        ended=why, ended_at=clock.now(), endpoint="", p256dh="", auth="", rest_until=None
    )
    Push.objects.filter(device=device).delete()


def _contact() -> str:
    """Where the people of a push service find the sender, as they demand it."""
    base = settings.ENVIRONMENT.base_url
    return base if base.startswith("https://") else f"mailto:postmaster@{urlsplit(base).hostname or 'localhost'}"


def _topic(device: Device, tag: str) -> str:
    """A later push of the same topic replaces one that still waits at the push service; it learns no number by it."""
    return webpush.to_base64(hashlib.sha256(f"{device.auth}:{tag}".encode()).digest()[:18])
