"""How people want to be told: their rules, and their hours."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterable
from datetime import time

from django.conf import settings
from django.db import transaction

from rapport.notifications.models import Habits, Rule
from rapport.notifications.timing import Quiet
from rapport.notifications.topics import DEFAULTS, By, Topic, Wish
from rapport.people.models import Account
from rapport.rows.asking import Question


def wishes(account_ids: Iterable[int]) -> dict[tuple[int, str], Wish]:
    """What these accounts said that differs from DEFAULTS, by account and topic. One statement."""
    rows = _rules.ask(sorted(account_ids))
    return {
        (account, topic): Wish(bell=bool(bell), mail=By(mail), push=bool(push))
        for account, topic, bell, mail, push in rows
    }


def wishes_of(account: Account) -> dict[Topic, Wish]:
    """Every topic's rule, for one account."""
    own = wishes([account.pk])
    return {topic: own.get((account.pk, topic.value), DEFAULTS[topic]) for topic in Topic}


def set_wish(account: Account, *, topic: Topic, wish: Wish) -> None:
    """Change one rule; one that says what the default says needs no row."""
    if wish == DEFAULTS[topic]:
        Rule.objects.filter(account=account, topic=topic).delete()
        return
    chosen = {"bell": wish.bell, "mail": wish.mail, "push": wish.push}
    Rule.objects.update_or_create(account=account, topic=topic, defaults=chosen)


def habits_of(account: Account) -> Habits:
    """The account's hours; the defaults when it has not chosen any."""
    return Habits.objects.filter(account=account).first() or Habits(account=account)


@transaction.atomic
def set_hours(account: Account, *, quiet: Quiet, digest_hour: int) -> None:
    """Change the quiet hours (both or none) and the hour of the digest."""
    both = quiet.starts is not None and quiet.ends is not None
    Habits.objects.update_or_create(
        account=account,
        defaults={
            "quiet_from": quiet.starts if both else None,
            "quiet_until": quiet.ends if both else None,
            "quiet_weekend": quiet.weekend,
            "digest_hour": digest_hour,
        },
    )


def quiet_of(habits: Habits) -> Quiet:
    """The quiet hours as timing takes them."""
    starts: time | None = habits.quiet_from
    return Quiet(starts, habits.quiet_until, habits.quiet_weekend)


def zone_of(account: Account) -> zoneinfo.ZoneInfo:
    """The account's own time zone, else the company's."""
    try:
        return zoneinfo.ZoneInfo(account.time_zone or settings.TIME_ZONE)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return zoneinfo.ZoneInfo(settings.TIME_ZONE)


_rules = Question(
    lambda account_ids: Rule.objects.filter(account_id__in=account_ids).values_list(
        "account_id", "topic", "bell", "mail", "push"
    )
)
