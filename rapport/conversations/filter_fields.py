"""The fields that conversations can be filtered by."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from rapport.channels import registry
from rapport.channels.models import Inbox
from rapport.conversations.filtering import CannotRead, Field, Operator, register
from rapport.conversations.models import Conversation, ConversationTag, Involvement, ReadMark
from rapport.conversations.tagging import folded_name
from rapport.kit import clock
from rapport.people.models import Account, Customer, CustomerAddress, Organisation, Team
from rapport.people.rights import Right

_NOBODY = ("none", "nobody")
_IDS = 50
_FEW = 1000


def _of(choices: dict[str, object], column: str) -> Callable[[str, Account | None, Operator], Q]:
    """A field of a closed set; words in any case."""

    def build(value: str, _account: Account | None, _operator: Operator) -> Q:
        if value.lower() not in choices:
            raise CannotRead(
                _("“%(value)s” is none of: %(choices)s.") % {"value": value, "choices": ", ".join(choices)}
            )
        return Q(**{column: choices[value.lower()]})

    return build


def _assignee(value: str, account: Account | None, _operator: Operator) -> Q:
    if value.lower() in _NOBODY:
        return Q(assignee__isnull=True)
    if value.lower() == "me":
        return Q(assignee_id=account.pk if account else None, assignee__isnull=False)
    people = Account.objects.filter(Q(email__iexact=value) | Q(name__icontains=value) | Q(pk=_number(value)))
    return Q(assignee_id__in=list(people.values_list("pk", flat=True)[:_IDS]))


def _team(value: str, account: Account | None, _operator: Operator) -> Q:
    if value.lower() in _NOBODY:
        return Q(team__isnull=True)
    if value.lower() == "mine":
        return Q(team_id__in=sorted(account.team_ids) if account else [])
    teams = Team.objects.filter(Q(name__icontains=value) | Q(pk=_number(value)))
    return Q(team_id__in=list(teams.values_list("pk", flat=True)[:_IDS]))


def _inbox(value: str, _account: Account | None, _operator: Operator) -> Q:
    inboxes = Inbox.objects.filter(Q(name__icontains=value) | Q(address__iexact=value) | Q(pk=_number(value)))
    return Q(inbox_id__in=list(inboxes.values_list("pk", flat=True)[:_IDS]))


def _tag(value: str, _account: Account | None, _operator: Operator) -> Q:
    if value.lower() in _NOBODY:
        return ~Q(Exists(ConversationTag.objects.filter(conversation_id=OuterRef("pk"))))
    carried = ConversationTag.objects.filter(tag__folded=folded_name(value))
    few = list(carried.values_list("conversation_id", flat=True)[: _FEW + 1])
    if len(few) > _FEW:  # newest first one soon meets a page of them; else they are looked at one by one
        return Q(Exists(carried.filter(conversation_id=OuterRef("pk"))))
    return Q(pk__in=few)


def _customer(value: str, account: Account | None, _operator: Operator) -> Q:
    if account is not None and not account.may(Right.READ_MESSAGES):
        return Q(pk__in=())  # finding it would tell who the customer is
    addresses = CustomerAddress.objects.filter(email=value.lower())
    found: set[int | None] = set(addresses.values_list("customer_id", flat=True)[:_IDS])
    found |= set(addresses.exclude(customer__canonical=None).values_list("customer__canonical_id", flat=True)[:_IDS])
    number = _number(value)
    if number:
        found.add(number)
    # Those merged into them too, by their ids: a join here would read every conversation.
    found |= set(Customer.objects.filter(canonical_id__in=found).values_list("pk", flat=True))
    return Q(customer_id__in=found)


def _organisation(value: str, account: Account | None, _operator: Operator) -> Q:
    if account is not None and not account.may(Right.READ_MESSAGES):
        return Q(pk__in=())
    found = Organisation.objects.filter(Q(domains__domain=value.lower()) | Q(name__icontains=value))
    return Q(organisation_id__in=list(found.values_list("pk", flat=True).distinct()[:_IDS]))


def _channel(value: str, _account: Account | None, _operator: Operator) -> Q:
    if value.lower() not in registry.kinds():
        choices = ", ".join(registry.kinds())
        raise CannotRead(_("“%(value)s” is none of: %(choices)s.") % {"value": value, "choices": choices})
    return Q(channel=value.lower())


def _before(value: str, _account: Account | None, _operator: Operator) -> Q:
    return Q(last_message_at__lt=_day(value))


def _after(value: str, _account: Account | None, _operator: Operator) -> Q:
    return Q(last_message_at__gte=_day(value))


def _is(value: str, account: Account | None, _operator: Operator) -> Q:
    viewer = account.pk if account else 0
    read = ReadMark.objects.filter(
        conversation_id=OuterRef("pk"), account_id=viewer, message_id__gte=OuterRef("last_message_id")
    )
    mine = Involvement.objects.filter(account_id=viewer)
    states = {
        "unread": Q(last_message_id__gt=0) & ~Q(Exists(read)),
        "read": Q(Exists(read)),
        "unassigned": Q(assignee__isnull=True),
        "unanswered": Q(waiting_since__isnull=False),
        "answered": Q(waiting_since__isnull=True),
        "merged": Q(merged_into__isnull=False),
        "followed": Q(pk__in=mine.filter(reason=Involvement.Reason.FOLLOWING).values("conversation_id")),
        "mentioned": Q(pk__in=mine.exclude(reason=Involvement.Reason.FOLLOWING).values("conversation_id")),
    } | {status: Q(status=status) for status in Conversation.Status.values}
    return _chosen(states, value)


def _has(value: str, _account: Account | None, _operator: Operator) -> Q:
    things = {
        "attachment": Q(attachment_count__gt=0),
        "stranger": Q(held_count__gt=0),
        "attention": ~Q(attention=""),
        "tag": Q(Exists(ConversationTag.objects.filter(conversation_id=OuterRef("pk")))),
    }
    return _chosen(things, value)


def _chosen(states: dict[str, Q], value: str) -> Q:
    if value.lower() not in states:
        raise CannotRead(_("“%(value)s” is none of: %(choices)s.") % {"value": value, "choices": ", ".join(states)})
    return states[value.lower()]


def _day(value: str) -> datetime:
    """The first moment of a day in the viewer's zone: 2026-03-01, today, yesterday, 7d (seven days ago)."""
    today = timezone.localtime(clock.now()).date()
    back = {"today": 0, "yesterday": 1}.get(value.lower())
    if back is None and value[-1:].lower() == "d" and _number(value[:-1]):
        back = min(_number(value[:-1]), 40_000)
    try:
        day = today - timedelta(days=back) if back is not None else parse_date(value)
        if day is not None:
            return timezone.make_aware(datetime.combine(day, time.min)).astimezone(UTC)
    except (ValueError, OverflowError):  # no day at all, or one that has begun before the first year elsewhere
        pass
    raise CannotRead(_("“%s” is no date. Write it like 2026-03-01, today or 7d.") % value)


def _number(value: str) -> int:
    plain = value.lstrip("#")
    return int(plain) if plain.isascii() and plain.isdecimal() and len(plain) < 19 else 0


def _identity(value: str, _account: Account | None, _operator: Operator) -> Q:
    return Q(pk=_number(value))


_STATUSES: dict[str, object] = {status: status for status in Conversation.Status.values}
_PRIORITIES: dict[str, object] = {choice.name.lower(): choice.value for choice in Conversation.Priority}
_STAGES: dict[str, object] = {stage or "none": stage for stage in Conversation.Stage.values}

register(Field("status", _of(_STATUSES, "status")))
register(Field("priority", _of(_PRIORITIES, "priority")))
register(Field("stage", _of(_STAGES, "stage")))
register(Field("assignee", _assignee))
register(Field("team", _team))
register(Field("inbox", _inbox))
register(Field("tag", _tag))
register(Field("customer", _customer))
register(Field("organisation", _organisation))
register(Field("channel", _channel))
register(Field("number", _identity))
register(Field("is", _is))
register(Field("has", _has))
register(Field("before", _before, frozenset({Operator.BEFORE})))
register(Field("after", _after, frozenset({Operator.AFTER})))
