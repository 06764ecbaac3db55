"""Telling a customer that the message arrived: without any of its text, never to a machine, never in a loop."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import translation
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from rapport.automation import budgeting
from rapport.automation.models import AutomaticMail
from rapport.channels.listing import inbox_of
from rapport.channels.registry import adapter_for
from rapport.conversations import announcing, gathering, locking
from rapport.conversations.announcing import Words
from rapport.conversations.models import Conversation, Message
from rapport.events import recording
from rapport.events.models import Event
from rapport.hours import keeping
from rapport.outbox import queueing
from rapport.people import installing, speaking
from rapport.people.recognising import address_key
from rapport.rows import making, writing
from rapport.rows.asking import Question
from rapport.rows.gathering import Gathered, together
from rapport.ui import moments

# Mailboxes that no person reads; RFC 2142 names and what machines commonly send from.
_MACHINES = ("mailer-daemon", "postmaster", "noreply", "no-reply", "donotreply", "do-not-reply", "bounce", "listserv")

_automatic = Question(
    lambda numbers: Message.objects.filter(conversation_id__in=numbers, kind=Message.Kind.AUTOMATIC).values_list(
        "conversation_id"
    )
)
_WITHHELD = "acknowledgement.withheld"
_withheld = Question(
    lambda number, message: Event.objects.filter(
        conversation_id=number, subject_id=message, kind=_WITHHELD
    ).values_list("pk")[:1]
)
# Of conversations, by their numbers: whether they are locked, stand for themselves, and were read after that; and whether
# something automatic was said in them.
_held: Gathered[int, bool] = Gathered(lambda numbers: dict.fromkeys(locking.lock_together(numbers), True))
_answered: Gathered[int, bool] = Gathered(lambda numbers: {number: True for (number,) in _automatic.ask(numbers)})


def gather(events: Sequence[Event]) -> None:
    """Ask at once what acknowledge() asks of each of these, where a group of work reads together.

    Locks their conversations, so it needs a transaction.
    """
    opened = [event for event in events if event.data.get("opened")]
    numbers = [event.conversation_id for event in opened if event.conversation_id is not None]
    _held.gather(numbers)
    gathering.gather(event.subject_id for event in opened)
    _answered.gather(numbers)


def acknowledge(event: Event) -> None:
    """Reaction to `message.received`: acknowledge the message that opened a conversation, once.

    Safe to repeat. Why one was withheld is recorded as `acknowledgement.withheld`.
    """
    if not event.data.get("opened"):
        return
    with transaction.atomic(savepoint=False), together(), installing.read_once():
        gather([event])
        message = gathering.message(event.subject_id)
        if message is None:
            return
        conversation = message.conversation
        is_held = bool(_held.of(conversation.pk))
        if not is_held:  # it was merged
            locking.lock_living(Conversation(pk=conversation.pk, merged_into_id=conversation.merged_into_id))
        if _answered.of(conversation.pk):
            return
        reason = _unwanted(message, event) or budgeting.refusal(
            address_key(message.sender_email), conversation_id=conversation.pk, now=event.at
        )
        if reason:
            _withhold(message, reason)
            return
        _send(message, at=event.at, is_held=is_held)
        _answered.note(conversation.pk, True)


def _unwanted(message: Message, event: Event) -> str:
    """Why this message gets no acknowledgement whatever the budgets say; empty when it may."""
    conversation, inbox = message.conversation, message.conversation.inbox
    if installing.is_held():
        return "restored_copy"
    if inbox is None or not inbox.acknowledge or not adapter_for(inbox.kind).capabilities.automatic_replies:
        return "switched_off"
    if message.kind != Message.Kind.CUSTOMER or event.data.get("automatic"):
        return "automatic_message"
    if event.data.get("bulk"):
        return "bulk_message"
    if conversation.status == Conversation.Status.SPAM:
        return "spam"
    if message.sender_check == Message.Sender.FAILED:
        return "sender_failed"
    local = message.sender_email.partition("@")[0]
    if "@" not in message.sender_email or any(local.startswith(name) for name in _MACHINES):
        return "machine_address"
    if inbox_of(message.sender_email) is not None:
        return "own_address"
    return ""


def _send(message: Message, *, at: datetime, is_held: bool) -> None:
    conversation = message.conversation
    with translation.override(speaking.customer(conversation.customer)):
        subject, text = _words(conversation, at)
    words = Words([{"email": message.sender_email, "name": message.sender_name}], subject, text)
    announce = announcing.announce_in if is_held else announcing.announce
    automatic = announce(conversation, words, answers=message)
    peer = address_key(message.sender_email)
    writing.insert(making.new(AutomaticMail, peer=peer, conversation_id=conversation.pk, message_id=automatic.pk))
    recording.record("acknowledgement.sent", subject=automatic.pk, conversation=conversation.pk)
    queueing.queue_message(automatic, is_new=True)


def _words(conversation: Conversation, at: datetime) -> tuple[str, str]:
    """Subject and text, in the active language."""
    company = installing.current().company_name or (conversation.inbox.display_name if conversation.inbox else "")
    text = _(
        "Thank you for writing to us. Your message has arrived and has the number #%(number)s.\n\n"
        "A person reads every message and will answer you. You can simply reply to this mail to add something.\n\n"
        "%(hours)s%(company)s"
    ) % {"number": conversation.number, "company": company, "hours": _hours(at)}
    return _("We have received your message (#%s)") % conversation.number, text.strip()


def _hours(arrived: datetime) -> str:
    """Who writes while nobody is there is told when somebody is; empty within the hours, and where none were set."""
    week = keeping.current()
    opens = week.next_opening(arrived) if week and not week.is_open_at(arrived) else None
    if week is None or opens is None:
        return ""
    local = opens.astimezone(ZoneInfo(week.time_zone))
    names = {"day": WEEKDAYS[local.weekday()], "time": moments.hours(local)}
    return _("We are back on %(day)s at %(time)s.\n\n") % names


def _withhold(message: Message, reason: str) -> None:
    if _withheld.ask(message.conversation_id, message.pk):
        return  # a killed worker came that far; told once is enough
    recording.record(
        _WITHHELD,
        subject=message.pk,
        conversation=message.conversation_id,
        data={"because": reason},
    )
