"""Mails that wait: held back in quiet hours and storms, or kept for the digest. Each becomes one mail, or none.

What was read in the meantime, or may no longer be seen, is dropped and not flushed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from rapport.kit import clock
from rapport.notifications import ruling, sparing, standing, timing
from rapport.notifications.models import Notification
from rapport.notifications.writing import write, write_summary
from rapport.outbox import queueing
from rapport.people import installing
from rapport.people.models import Account

Mail = Notification.Mail
MOST_PEOPLE = 200
KEPT = timedelta(days=90)
_BATCH = 2000


def send_due() -> int:
    """Write the mails whose time has come; how many."""
    if installing.is_held():
        return 0
    return send_held() + send_digests()


def send_held() -> int:
    """One mail to each person whose held news is due. Whoever has quiet hours again waits on.

    News that lies ahead was held before the clock went back, and waits for that hour no second time.
    """
    now = clock.now()
    is_due = Q(mail_at__lte=now) | Q(at__gt=now + clock.SLACK)
    due = Notification.objects.filter(is_due, mail=Mail.WAITING, mail_at__isnull=False)
    return sum(_send_held(pk, now) for pk in _people(due))


def send_digests() -> int:
    """One digest to each person whose hour has come since the news; how many. News after that hour waits a day."""
    now = clock.now()
    return sum(_send_digest(pk, now) for pk in _people(Notification.objects.filter(mail=Mail.DIGEST)))


def forget_old() -> int:
    """Drop what was read or mailed long ago, a bounded number at a time."""
    old = Notification.objects.filter(at__lt=clock.now() - KEPT).exclude(mail__in=[Mail.WAITING, Mail.DIGEST])
    old = old.exclude(push=Notification.Push.WAITING)
    oldest = old.order_by("pk").values_list("pk", flat=True)[:_BATCH]
    return Notification.objects.filter(pk__in=list(oldest)).delete()[0]


def _people(rows: object) -> list[int]:
    return list(rows.order_by("account_id").values_list("account_id", flat=True).distinct()[:MOST_PEOPLE])  # type: ignore[attr-defined]


def _send_held(account_id: int, now: datetime) -> int:
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=account_id)
        waiting = _rows(Q(account=account, mail=Mail.WAITING))
        quiet = timing.quiet_until(now, ruling.zone_of(account), ruling.quiet_of(ruling.habits_of(account)))
        if quiet is not None:
            Notification.objects.filter(pk__in=[row.pk for row in waiting]).update(mail_at=quiet)
            return 0
        # All that waits goes along, so that the next minute brings no second mail.
        return _mail(account, waiting, is_digest=False)


def _send_digest(account_id: int, now: datetime) -> int:
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=account_id)
        hour = ruling.habits_of(account).digest_hour
        moment = timing.digest_moment(now, ruling.zone_of(account), hour)
        return _mail(account, _rows(Q(account=account, mail=Mail.DIGEST, at__lte=moment)), is_digest=True)


def _rows(which: Q) -> list[Notification]:
    rows = Notification.objects.filter(which).select_related("conversation__inbox", "account").order_by("pk")
    return list(rows[:_BATCH])


def _mail(account: Account, rows: Sequence[Notification], *, is_digest: bool) -> int:
    wanted = _still_wanted(account, rows)
    Notification.objects.filter(pk__in=[row.pk for row in rows]).update(mail=Mail.DROPPED, mail_at=None)
    if not wanted:
        return 0
    Notification.objects.filter(pk__in=[row.pk for row in wanted]).update(mail=Mail.TOLD, mailed_at=clock.now())
    if len(wanted) == 1 and not is_digest:
        queueing.queue_system_mail(write(wanted[0]))
    else:
        queueing.queue_system_mail(write_summary(wanted, account=account, is_digest=is_digest))
    sparing.remember(wanted)
    return 1


def _still_wanted(account: Account, rows: Sequence[Notification]) -> list[Notification]:
    """What is still news to somebody who still gets mails."""
    return standing.still_news(account, rows) if account.mail_notifications else []
