"""Telling people of alarms by mail, by a path that does not lead through what is broken.

Sent at once and not through the outbox, which may be the silent one. One mail holds everything there is to tell: what
opened, what ended, and once a day what still stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rapport.channels.connecting import system_settings, transport_settings
from rapport.channels.contract import Address, Outbound, SendFailed
from rapport.channels.models import Inbox
from rapport.channels.registry import adapter_for
from rapport.kit import clock
from rapport.kit.secrets import SecretUnreadable, random_token
from rapport.people import installing, speaking
from rapport.people.models import Account
from rapport.people.rights import Right
from rapport.watching import kinds, listing
from rapport.watching.alarming import SAME_WITHIN
from rapport.watching.kinds import Kind
from rapport.watching.models import NO_WAY, Alarm, Telling

log = structlog.get_logger(__name__)

# Between two mails, however much happens; after many in a day, much longer.
SPACING = timedelta(minutes=5)
WIDE_SPACING = timedelta(hours=2)
MANY_A_DAY = 12
AGAIN_AFTER = timedelta(days=1)
WAYS_TRIED = 3
PATIENCE_SECONDS = 15.0
_WAY_OUT = frozenset({Kind.SENDING_FAILING, Kind.SENDING_REFUSED, Kind.CONSENT_LOST})


@dataclass(frozen=True, slots=True)
class Way:
    """One path a mail can take: the operator's own server, or an inbox."""

    name: str
    address: str
    inbox: Inbox | None = None


@dataclass(slots=True)
class News:
    """What there is to tell now."""

    opened: list[Alarm] = field(default_factory=list)
    ended: list[Alarm] = field(default_factory=list)
    still: list[Alarm] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.opened or self.ended or self.still)


def tell(now: datetime | None = None) -> Telling | None:
    """Send one mail to everybody who may change the installation; None when there is nothing to tell, or not yet.

    Takes as long as mail servers do: never call it inside a transaction.
    """
    now = now or clock.now()
    news = _news(now)
    if not news or installing.is_held() or not _may_tell_again(now):
        return None
    recipients = _recipients()
    if not recipients:
        return None
    telling = _send(news, recipients, now)
    telling.save()
    if not telling.error:
        _mark(news, now)
    return telling


def ways() -> list[Way]:
    """The paths a mail may take, best first: the operator's server, healthy inboxes, then those that only read badly."""
    found = []
    if settings.ENVIRONMENT.system_mail:
        found.append(Way("RAPPORT_SYSTEM_MAIL_URL", f"rapport@{settings.ALLOWED_HOSTS[0]}"))
    alarms = listing.standing()
    unable = {alarm.inbox_id for alarm in alarms if alarm.kind in _WAY_OUT}
    troubled = {alarm.inbox_id for alarm in alarms}
    able = [inbox for inbox in Inbox.objects.filter(is_active=True).order_by("pk") if inbox.pk not in unable]
    able = [inbox for inbox in able if adapter_for(inbox.kind).capabilities.automatic_replies]
    able.sort(key=lambda inbox: inbox.pk in troubled)
    return found + [Way(inbox.name, inbox.address, inbox) for inbox in able]


def _news(now: datetime) -> News:
    standing = listing.worth_telling(listing.standing())
    ended = Alarm.objects.filter(ended_at__lte=now - SAME_WITHIN, told_at__isnull=False, end_told_at=None)
    return News(
        opened=[alarm for alarm in standing if alarm.told_at is None],
        ended=list(ended.filter(ended_at__gt=now - AGAIN_AFTER).order_by("pk")),
        still=[alarm for alarm in standing if alarm.told_at and now - alarm.told_at >= AGAIN_AFTER],
    )


def _may_tell_again(now: datetime) -> bool:
    """Not too soon after the last try, whether it worked or not. A clock that went back must not silence us."""
    recent = Telling.objects.filter(at__gt=now - timedelta(days=1), at__lte=now)
    last = recent.order_by("-at").values_list("at", flat=True).first()
    spacing = WIDE_SPACING if recent.filter(error="").count() >= MANY_A_DAY else SPACING
    return last is None or now - last >= spacing


def _recipients() -> list[Account]:
    """Everybody active who may change the installation, but nobody whose address is an inbox of ours."""
    taken = {inbox.address.lower() for inbox in Inbox.objects.only("address")}
    able = Account.objects.filter(Q(role__rights__right=Right.INSTALLATION), is_active=True).distinct()
    return [account for account in able.order_by("pk") if account.email not in taken]


def _send(news: News, recipients: list[Account], now: datetime) -> Telling:
    """Try one way after the other."""
    telling = Telling(at=now, error=NO_WAY)
    for way in ways()[:WAYS_TRIED]:
        telling.way = way.name
        try:
            _hand_over(way, _compose(way, news, recipients))
        except (SendFailed, SecretUnreadable) as failure:
            telling.error = str(failure)
            log.warning("alarm_not_told", way=way.name, reason=telling.error)
        except Exception as error:
            telling.error = type(error).__name__
            log.exception("alarm_not_told", way=way.name)
        else:
            telling.error = ""
            break
    return telling


def _hand_over(way: Way, outbound: Outbound) -> None:
    """Raises SendFailed also when nobody was accepted."""
    if way.inbox is None:
        adapter, server = adapter_for("email"), system_settings() or {}
    else:
        adapter, server = adapter_for(way.inbox.kind), transport_settings(way.inbox)
    patient: dict[str, Any] = {**server, "timeout_seconds": PATIENCE_SECONDS, "patience_seconds": PATIENCE_SECONDS}
    receipt = adapter.send(outbound, patient)
    if not receipt.accepted:
        raise SendFailed(receipt.answer or (receipt.refused[0].reason if receipt.refused else ""))


def _compose(way: Way, news: News, recipients: list[Account]) -> Outbound:
    """One mail for all; where all speak one language it is in theirs, else in the company's."""
    languages = {speaking.colleague(account) for account in recipients}
    with translation.override(languages.pop() if len(languages) == 1 else speaking.company()):
        subject, text = _subject(news), "\n\n".join(_paragraphs(news)) + "\n"
    return Outbound(
        sender=Address(way.address, "Rapport"),
        to=[Address(account.email, account.name) for account in recipients],
        subject=subject,
        text=text,
        html="",
        message_id=f"rapport.alarm.{random_token()}@{way.address.rpartition('@')[2]}",
        date=clock.now(),
        envelope_from=way.address,
        automatic=True,
    )


def _subject(news: News) -> str:
    first, *more = [*news.opened, *news.still] or news.ended
    if not (news.opened or news.still):
        told = _("Mended: %(sentence)s") % {"sentence": first.sentence}
    else:
        told = _("Alarm: %(sentence)s") % {"sentence": first.sentence}
    if more:
        told += " " + ngettext("(and %(n)d more)", "(and %(n)d more)", len(more)) % {"n": len(more)}
    return told[:200]


def _paragraphs(news: News) -> Iterator[str]:
    for heading, alarms in (
        (_("New:"), news.opened),
        (_("Still so:"), news.still),
        (_("Over:"), news.ended),
    ):
        if alarms:
            yield heading
            yield from (_paragraph(alarm) for alarm in alarms)
    yield _("All of it: %(address)s") % {"address": settings.ENVIRONMENT.base_url + "/status/"}


def _paragraph(alarm: Alarm) -> str:
    lines = [alarm.sentence, _("Since %(moment)s.") % {"moment": kinds.in_utc(alarm.since)}]
    lines.append(
        _("Over since %(moment)s.") % {"moment": kinds.in_utc(alarm.ended_at)} if alarm.ended_at else alarm.cure
    )
    return "\n".join(f"  {line}" for line in lines)


def _mark(news: News, now: datetime) -> None:
    _told_about([*news.opened, *news.still], told_at=now)
    _told_about(news.ended, end_told_at=now)


def _told_about(alarms: Iterable[Alarm], **fields: datetime) -> None:
    Alarm.objects.filter(pk__in=[alarm.pk for alarm in alarms]).update(**fields)
