"""The fields that conversations can be filtered by."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, time, timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rapport.channels import registry
from rapport.channels.models import Inbox
from rapport.conversations import catalogue, custom_fields, customer_fields, directory, tagged
from rapport.conversations.filtering import CannotRead, Choices, Family, Field, Operator, register, register_family
from rapport.conversations.models import Conversation, ConversationTag, Involvement, ReadMark
from rapport.kit import clock, text
from rapport.people.models import Account, Customer, CustomerAddress, Organisation, Team
from rapport.people.rights import Right
from rapport.rows.among import among
from rapport.ui.lists import listed

_NOBODY = ("none", "nobody")
_IDS = 50
_FEW = 1000
_SPAN = re.compile(r"(\d{1,5})\s*(m|min|minutes?|h|hours?|d|days?|w|weeks?)\Z", re.ASCII)
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


def _of(choices: dict[str, object], column: str) -> Callable[[str, Account | None, Operator], Q]:
    """A field of a closed set; words in any case."""

    def build(value: str, _account: Account | None, _operator: Operator) -> Q:
        if value.lower() not in choices:
            raise CannotRead(_("“%(value)s” is none of: %(choices)s.") % {"value": value, "choices": listed(choices)})
        return Q(**{column: choices[value.lower()]})

    return build


def _status(value: str, _account: Account | None, _operator: Operator) -> Q:
    """One of the five kinds, or a status of the company's own by its name."""
    if value.lower() in Conversation.Status.values:
        return Q(status=value.lower())
    own = [one for one in catalogue.read().statuses.values() if text.fold(one.name) == text.fold(value)]
    if not own:
        choices = listed([*Conversation.Status.values, *(one.name for one in catalogue.read().living_statuses())])
        raise CannotRead(_("“%(value)s” is none of: %(choices)s.") % {"value": value, "choices": choices})
    found = Q()
    for one in own:
        found |= Q(own_status_id=one.pk, status=one.kind)
    return found


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
    named = tagged.named(value)
    if named is None:
        return Q(pk__in=())
    few = tagged.few(named)
    if few is None:  # newest first one soon meets a page of them; else they are looked at one by one
        return Q(Exists(ConversationTag.objects.filter(tag_id=named, conversation_id=OuterRef("pk"))))
    return Q(among("pk", few))


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
        choices = listed(registry.kinds())
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
        raise CannotRead(_("“%(value)s” is none of: %(choices)s.") % {"value": value, "choices": listed(states)})
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


def _subject(value: str, _account: Account | None, _operator: Operator) -> Q:
    words = Q()
    for word in value.split()[:12]:
        words &= Q(subject__icontains=word)
    if not value.strip():
        raise CannotRead(_("Write a word to look for in the subject."))
    return words


def _moment(column: str) -> Callable[[str, Account | None, Operator], Q]:
    """A field of a moment: within or longer ago than a span of time (3h, 2d), before or after a day."""

    def build(value: str, _account: Account | None, operator: Operator) -> Q:
        if operator in (Operator.BEFORE, Operator.AFTER):
            return Q(**{f"{column}__{'lt' if operator == Operator.BEFORE else 'gte'}": _day(value)})
        since = clock.now() - _span(value)
        return Q(**{f"{column}__{'gte' if operator == Operator.WITHIN else 'lt'}": since})

    return build


def _span(value: str) -> timedelta:
    match = _SPAN.match(value.strip().lower())
    if match is None:
        raise CannotRead(_("“%s” is no span of time. Write it like 30m, 4h, 2d or 3w.") % value)
    return int(match[1]) * _UNITS[match[2][0]]


def _few_tagged(value: str, _account: Account) -> Sequence[int] | None:
    if value.lower() in _NOBODY:
        return None
    named = tagged.named(value)
    if named is None:
        return []
    return tagged.few(named)


def _few_of_customer(value: str, account: Account) -> Sequence[int] | None:
    return _at_most(Conversation.objects.filter(_customer(value, account, Operator.IS)).values_list("pk", flat=True))


def _few_of_organisation(value: str, account: Account) -> Sequence[int] | None:
    return _at_most(
        Conversation.objects.filter(_organisation(value, account, Operator.IS)).values_list("pk", flat=True)
    )


def _few_of_mine(value: str, account: Account) -> Sequence[int] | None:
    """What one follows or was mentioned in."""
    mine = Involvement.objects.filter(account_id=account.pk)
    following = Involvement.Reason.FOLLOWING
    chosen = {"followed": mine.filter(reason=following), "mentioned": mine.exclude(reason=following)}.get(value.lower())
    return None if chosen is None else _at_most(chosen.values_list("conversation_id", flat=True))


def _at_most(ids: Iterable[int]) -> list[int] | None:
    found = list(ids[: _FEW + 1])  # type: ignore[index]
    return found if len(found) <= _FEW else None


def _people() -> Iterable[tuple[str, str]]:
    known = directory.read().colleagues
    return [("me", _("Me")), ("nobody", _("Nobody")), *((f"#{pk}", name) for pk, name in known)]


def _statuses() -> Iterable[tuple[str, str]]:
    known = catalogue.read().living_statuses()
    plain = [(value, str(label)) for value, label in Conversation.Status.choices]
    return [*plain, *((one.name, one.name) for one in known)]


def _teams() -> Iterable[tuple[str, str]]:
    known = directory.read().living_teams
    return [("mine", _("My teams")), ("none", _("No team")), *((f"#{pk}", name) for pk, name in known)]


def _inboxes() -> Iterable[tuple[str, str]]:
    return [(f"#{pk}", name) for pk, name in Inbox.objects.order_by("name", "pk").values_list("pk", "name")]


def _tags() -> Iterable[tuple[str, str]]:
    return [("none", _("No tag")), *((name, name) for name in directory.read().tags)]


def _channels() -> Iterable[tuple[str, str]]:
    return [(kind, kind) for kind in registry.kinds()]


def _words(*choices: tuple[str, object]) -> Choices:
    return lambda: choices


def _person_who_left(value: str) -> str:
    name = directory.read().people.get(_number(value), "")
    return _("%(name)s, who left") % {"name": name} if name else ""


def _ended_team(value: str) -> str:
    name = directory.read().teams.get(_number(value), "")
    return _("%(name)s, which has ended") % {"name": name} if name else ""


_PRIORITIES: dict[str, object] = {choice.name.lower(): choice.value for choice in Conversation.Priority}
_STAGES: dict[str, object] = {stage or "none": stage for stage in Conversation.Stage.values}
_STATE_WORDS = _words(
    ("unread", gettext_lazy("Unread by me")),
    ("read", gettext_lazy("Read by me")),
    ("unanswered", gettext_lazy("Customer waits for an answer")),
    ("answered", gettext_lazy("Nobody waits for an answer")),
    ("followed", gettext_lazy("Followed by me")),
    ("mentioned", gettext_lazy("I was mentioned")),
)
_THING_WORDS = _words(
    ("attachment", gettext_lazy("An attachment")),
    ("tag", gettext_lazy("Any tag")),
    ("stranger", gettext_lazy("A stranger’s message that waits")),
    ("attention", gettext_lazy("Something that went wrong")),
)
_SINCE = (Operator.WITHIN, Operator.OLDER, Operator.BEFORE, Operator.AFTER)
_SPANS = gettext_lazy("30m, 4h, 2d, 3w, or a day: 2026-03-01, today, 7d")

register(Field("status", _status, label=gettext_lazy("Status"), choices=_statuses, named=lambda value: value))
register(Field("assignee", _assignee, label=gettext_lazy("Assigned to"), choices=_people, named=_person_who_left))
register(Field("team", _team, label=gettext_lazy("Team"), choices=_teams, named=_ended_team, reads_all=True))
register(Field("tag", _tag, label=gettext_lazy("Tag"), choices=_tags, few=_few_tagged, reads_all=True))
register(
    Field(
        "priority",
        _of(_PRIORITIES, "priority"),
        label=gettext_lazy("Priority"),
        choices=_words(*((choice.name.lower(), choice.label) for choice in Conversation.Priority)),
    )
)
register(Field("is", _is, label=gettext_lazy("State"), choices=_STATE_WORDS, few=_few_of_mine))
register(Field("has", _has, label=gettext_lazy("Has"), choices=_THING_WORDS))
register(
    Field(
        "customer",
        _customer,
        label=gettext_lazy("Customer"),
        few=_few_of_customer,
        hint=gettext_lazy("Address or number"),
        reads_all=True,
        words=custom_fields.WORDS,
    )
)
register(
    Field(
        "organisation",
        _organisation,
        label=gettext_lazy("Organisation"),
        few=_few_of_organisation,
        hint=gettext_lazy("Name or domain"),
    )
)
register(
    Field(
        "vip",
        customer_fields.vip,
        label=gettext_lazy("Customer is a VIP"),
        choices=_words(("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))),
        few=customer_fields.few_vips,
    )
)
register(
    Field(
        "language",
        customer_fields.language,
        label=gettext_lazy("Customer’s language"),
        choices=customer_fields.languages,
        few=customer_fields.few_of_language,
    )
)
register(Field("subject", _subject, label=gettext_lazy("Subject"), hint=gettext_lazy("Words in any order")))
register(Field("inbox", _inbox, label=gettext_lazy("Inbox"), choices=_inboxes, reads_all=True))
register(Field("channel", _channel, label=gettext_lazy("Channel"), choices=_channels))
register(
    Field(
        "stage",
        _of(_STAGES, "stage"),
        label=gettext_lazy("Journey"),
        choices=_words(*((stage or "none", name) for stage, name in Conversation.Stage.choices)),
    )
)
register(Field("waiting", _moment("waiting_since"), _SINCE, label=gettext_lazy("Waiting since"), hint=_SPANS))
register(Field("activity", _moment("last_message_at"), _SINCE, label=gettext_lazy("Last message"), hint=_SPANS))
register(
    Field("wrote", _moment("last_customer_message_at"), _SINCE, label=gettext_lazy("Customer last wrote"), hint=_SPANS)
)
register(Field("created", _moment("created_at"), _SINCE, label=gettext_lazy("Created"), hint=_SPANS))
register(
    Field(
        "field",
        custom_fields.query,
        label=gettext_lazy("Custom field"),
        few=custom_fields.few,
        hint=gettext_lazy("order-number=4711, amount>100"),
        is_offered=False,
    )
)
register_family("field", Family(custom_fields.named, custom_fields.offered))
register_family("detail", customer_fields.family())
register(Field("number", _identity))
register(Field("before", _before, (Operator.BEFORE,)))
register(Field("after", _after, (Operator.AFTER,)))
