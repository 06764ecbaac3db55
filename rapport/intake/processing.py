"""From a stored raw message to a conversation: parsed outside any transaction, received in one short one.

What has been parsed by the time the worker is free shares a transaction with what is parsed meanwhile: one commit for
many. Nobody waits for others to come, and when anything goes wrong all of them are undone and each is done alone.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import connection, transaction
from django.db.models import Q, QuerySet

from rapport.channels.contract import Address, Attachment, Inbound, InboundKind
from rapport.channels.models import Inbox
from rapport.channels.registry import adapter_for
from rapport.conversations import receiving
from rapport.conversations.arrival import Arrival
from rapport.conversations.models import Conversation, Message
from rapport.files import storing
from rapport.files.errors import FileMissing
from rapport.intake import answering, awaiting, grouping, judging, matching, overtaking, quarantining
from rapport.intake.duplicates import note_second_arrival, remember, seen_before
from rapport.intake.echoing import home_of_echo
from rapport.intake.errors import ParseFailed
from rapport.intake.models import RawMessage
from rapport.intake.parsing_ahead import Line, Parsing
from rapport.intake.parsing_child import ParseChild
from rapport.kit import clock
from rapport.people import blocking, recognising
from rapport.people.models import Customer
from rapport.rows import preparing, turns, writing
from rapport.rows.asking import Objects, Question

log = structlog.get_logger(__name__)

CLAIM = timedelta(minutes=2)
MAX_ATTEMPTS = 4
_RETRY_AFTER = (timedelta(seconds=2), timedelta(seconds=30), timedelta(minutes=5))

_own = threading.local()
_LOCK = {
    "postgresql": "SELECT 1 FROM intake_rawmessage WHERE id = %s AND state = %s FOR UPDATE",
    "sqlite": "SELECT 1 FROM intake_rawmessage WHERE id = %s AND state = %s",  # the transaction holds the write lock
}


def _due(now: datetime, no_claim: datetime, no_try: datetime) -> QuerySet[RawMessage]:
    """What waits and may be taken; no claim of ours ends as late as `no_claim`, no next try is as late as `no_try`."""
    is_free = Q(claimed_until__isnull=True) | Q(claimed_until__lt=now) | Q(claimed_until__gt=no_claim)
    is_due = Q(next_try_at__lte=now) | Q(next_try_at__gt=no_try)
    return RawMessage.objects.filter(is_free, is_due, state=RawMessage.State.ACCEPTED)


_any_due = Question(lambda *moments: _due(*moments).values_list("pk")[:1])
# What another worker is just claiming is its own: this one takes the next ones instead of waiting for it.
_next_due = Objects(
    lambda limit, *moments: (
        _due(*moments).select_for_update(of=("self",), skip_locked=True).select_related("inbox").order_by("id")[:limit]
    )
)


@dataclass(slots=True)
class _Ready:
    """An arrival that was read and judged: all that can be done outside a transaction is done."""

    row: RawMessage
    inbounds: list[Inbound]
    sender_checks: list[str]


def process_due(limit: int = 20) -> int:
    """Process waiting arrivals, oldest first, `limit` at a time; how many were claimed. One failing blocks no other.

    As long as one of them takes its time to be read, what arrives meanwhile is processed beside it.
    """
    line = _line_of_this_thread()
    rows = claim(limit)
    claimed = len(rows)
    while rows or line.is_waiting():
        for done in line.parsed(rows):
            _store_all(done, line)
        rows = claim(limit) if line.is_waiting() else []
        claimed += len(rows)
    return claimed


def _line_of_this_thread() -> Line:
    """The warm parse children this thread keeps; they end with the thread's process."""
    if not hasattr(_own, "line"):
        take_over()
        _own.line = Line(ParseChild())
    line: Line = _own.line
    return line


def take_over() -> int:
    """Free what is claimed, as a worker does when it begins: its killed forerunner's mails come next, in their order.

    If another worker lives, both may work on one mail for a moment; the row's lock lets only one of them finish.
    """
    claimed = RawMessage.objects.filter(state=RawMessage.State.ACCEPTED, claimed_until__isnull=False)
    return claimed.update(claimed_until=None)


def claim(limit: int) -> list[RawMessage]:
    """Take waiting arrivals for this worker. A claim that ran out (its worker died) is taken over."""
    now = clock.now()
    # What lies further ahead than we ever set it was set before the clock went back: nobody waits for that hour again.
    never = now + CLAIM + clock.SLACK, now + _RETRY_AFTER[-1] + clock.SLACK
    if not _any_due.ask(now, *never):
        return []  # without a transaction, which on SQLite would make writers wait
    with transaction.atomic():
        rows = _next_due.ask(now, *never, shape=limit)
        writing.update_all(RawMessage, [row.pk for row in rows], claimed_until=now + CLAIM)
    return rows


def process(row: RawMessage, *, child: ParseChild) -> None:
    """Turn one arrival into messages. What fails is tried again a few times, then parked where people see it."""
    parsing = Parsing(row).begin(child)
    parsing.wait()
    ready = _prepare(parsing)
    if ready is not None:
        _store_alone(ready)


def _nothing() -> None:
    """Nobody else is being read."""


def _store_all(done: Sequence[Parsing], line: Line) -> None:
    """Store what was parsed, in its order, and with it what the line parses meanwhile."""
    begun, ready = clock.monotonic(), []
    for parsing in done:
        if (one := _prepare(parsing)) is not None:
            ready.append(one)
        if _hurry(begun):
            _store_ready(ready, line)
            begun, ready = clock.monotonic(), []
    _store_ready(ready, line)


def _hurry(begun: float) -> bool:
    """Whether those that are ready wait no longer for the others: a signature was looked up, say."""
    return clock.monotonic() - begun > turns.LONGEST


def _prepare(parsing: Parsing) -> _Ready | None:
    """Do what needs no transaction: judge the senders, write the files. None when it failed, which is noted."""
    row = parsing.row
    try:
        inbounds = parsing.result()
        sender_checks = [judging.sender_check(inbound, row.inbox, parsing.raw) for inbound in inbounds]
        for inbound in inbounds:
            _write_files(inbound)
    except Exception as error:
        _postpone_or_park(row, error)
        return None
    return _Ready(row, inbounds, sender_checks)


def _prepared_at_once(parsing: Parsing) -> _Ready | None:
    """What was read well, if nothing has to be done for it outside a transaction: no file, no look-up."""
    inbounds, row = parsing.result(), parsing.row
    if len(inbounds) != 1 or inbounds[0].attachments or judging.may_take_time(row.inbox):
        return None
    return _Ready(row, inbounds, [judging.sender_check(inbounds[0], row.inbox, parsing.raw)])


def _store_ready(ready: list[_Ready], line: Line) -> None:
    while ready:
        stored = 0
        if len(ready) > 1 or line.is_busy():
            try:
                stored = _store_together(ready, line)
            except Exception as error:
                log.warning("arrivals_stored_one_by_one", count=len(ready), reason=f"{type(error).__name__}: {error}")
                for one in ready:
                    _store_alone(one)
                return
        if not stored:
            _store_alone(ready[0], line.go_on)
        ready = ready[stored or 1 :]


def _store_together(ready: list[_Ready], line: Line) -> int:
    """Store several in one transaction, from the first on, and add to `ready` what the line has read by then; how many.

    Others wait for its locks, so it ends soon. Raises whatever one of them raises; then none is stored, and all rows
    are as they were.
    """
    given_back = []
    with grouping.together() as group:
        while group.turn.done < len(ready) or _one_more(ready, line):
            one = ready[group.turn.done]
            if len(one.inbounds) != 1:
                break  # the second failing would leave the first: such a one is stored alone
            group.begin(one.row)
            line.go_on()
            try:
                _store_one(one)
            except awaiting.AnswersEarlier:  # nothing of it has been written
                given_back.append(one.row)
            group.turn.done += 1
            if group.turn.is_over():
                break
    for row in given_back:
        awaiting.give_back(row)
    return group.turn.done


def _one_more(ready: list[_Ready], line: Line) -> bool:
    """Whether another one has been read that can be stored in the same transaction."""
    one = line.take_next(_prepared_at_once)
    if one is not None:
        ready.append(one)
    return one is not None


def _store_alone(ready: _Ready, meanwhile: Callable[[], None] = _nothing) -> None:
    try:
        with transaction.atomic():
            _store_one(ready)
            meanwhile()
    except awaiting.AnswersEarlier:
        awaiting.give_back(ready.row)
    except Exception as error:
        _postpone_or_park(ready.row, error)


def _store_one(ready: _Ready) -> None:
    """Place one arrival in the current transaction, unless another worker has finished it since."""
    if not _is_waiting(ready.row):
        return
    for inbound, check in zip(ready.inbounds, ready.sender_checks, strict=True):
        _receive(ready.row, inbound, check)
    _finish(ready.row)


def _write_files(inbound: Inbound) -> None:
    """Put attachments on disk before the transaction begins: others wait for its lock, which must not wait for this."""
    if inbound.attachments:
        storing.write_blobs([attachment.content for attachment in inbound.attachments])


def _is_waiting(row: RawMessage) -> bool:
    """Lock the row; False when another worker has finished it since."""
    return bool(preparing.fetched(connection, _LOCK[connection.vendor], [row.pk, RawMessage.State.ACCEPTED.value]))


def _receive(row: RawMessage, inbound: Inbound, sender_check: str) -> None:
    """Place one parsed message: a copy, a delivery report, a colleague's answer, or a customer's message."""
    earlier = seen_before(inbound.content_key)
    if earlier is not None:
        note_second_arrival(row, earlier.message_id)
        return
    sender = inbound.sender or Address(email=row.envelope_from or "unknown@invalid")
    inbound.sender = sender
    customer, found = _place(row, inbound)
    if found.conversation is None and awaiting.names_others(inbound):
        awaiting.refuse_overtaking(row)
        customer, found = _place(row, inbound)  # it may have been placed between the look and the refusal
    if found.own is not None:
        note_second_arrival(row, found.own.pk)
        return
    blocked = quarantining.stopped_by(inbound, found)
    if blocked is not None:
        found = quarantining.apart(found)
        blocking.count(blocked)
    if found.early and found.conversation is not None:
        overtaking.gather(inbound, found.early, found.conversation)
    at = row.received_at if not row.historic else None
    if inbound.kind is InboundKind.BOUNCE and (
        message := answering.returned_message(inbound, found, adapter_for(row.channel))
    ):
        stored = receiving.attach_bounce(message, inbound=inbound, raw_sha256=row.sha256, at=at, historic=row.historic)
    elif (
        found.account is not None
        and sender_check == Message.Sender.AUTHENTICATED
        and not (
            inbound.auto_submitted or row.historic  # what a colleague wrote long ago does not go out today
        )
    ):
        stored = answering.speak_for(found, inbound=inbound, raw_sha256=row.sha256)
    else:
        stored = receiving.receive(
            Arrival(
                inbound=inbound,
                customer=customer,
                sender_check=sender_check,
                reference_check=found.reference_check,
                at=at,
                stranger=found.stranger,
                as_note=found.is_inside,
                spam=blocked is not None or judging.is_spam(inbound, row.inbox),
                attention=quarantining.reason(blocked) if blocked else "",
                answers_id=found.answers.pk if found.answers else None,
            ),
            conversation=found.conversation or (None if blocked else home_of_echo(inbound, customer=customer)),
            inbox=row.inbox or _any_inbox(found.conversation),
            raw_sha256=row.sha256,
            historic=row.historic,
        )
        if found.answers is None and awaiting.names_others(inbound) and not found.reference_check:
            overtaking.wait_for_answered(stored, inbound)
    remember(inbound.content_key, stored)
    row.conversation_id, row.message_id = stored.conversation_id, stored.pk


def _place(row: RawMessage, inbound: Inbound) -> tuple[Customer | None, matching.Match]:
    """Whom the sender's address stands for, if it is known, and where the message belongs."""
    address = inbound.sender.email if inbound.sender else ""
    customer = recognising.known_at(recognising.address_key(address))
    return customer, matching.match(inbound, customer=customer, adapter=adapter_for(row.channel))


def _any_inbox(conversation: Conversation | None) -> Inbox | None:
    """The inbox of an arrival whose own inbox was deleted meanwhile."""
    return conversation.inbox if conversation else Inbox.objects.order_by("pk").first()


def _finish(row: RawMessage) -> None:
    if row.state == RawMessage.State.ACCEPTED:
        row.state = RawMessage.State.PROCESSED
    row.processed_at = clock.now()
    row.claimed_until = None
    row.last_error = ""
    writing.update(row, "state", "processed_at", "claimed_until", "last_error", "conversation_id", "message_id")


def _postpone_or_park(row: RawMessage, error: Exception) -> None:
    """Try again later, or make the arrival visible as a conversation with the raw file and a notice."""
    attempts = row.attempts + 1
    reason = f"{type(error).__name__}: {error}"[:1000]
    log.warning("arrival_not_processed", raw_message=row.pk, attempts=attempts, reason=reason)
    # Whatever happens below, it does not come first again at once, and others are processed meanwhile.
    pause = _RETRY_AFTER[min(attempts, len(_RETRY_AFTER)) - 1]
    waiting = RawMessage.objects.filter(pk=row.pk, state=RawMessage.State.ACCEPTED)
    waiting.update(attempts=attempts, last_error=reason, claimed_until=None, next_try_at=clock.now() + pause)
    if attempts < MAX_ATTEMPTS and not isinstance(error, ParseFailed):
        return
    try:
        _park(row, error)
    except Exception:
        log.exception("arrival_not_parked", raw_message=row.pk)


def _park(row: RawMessage, error: Exception) -> None:
    raw = _as_attachment(row)
    with transaction.atomic():
        if not _is_waiting(row):
            return  # another worker has placed or parked it since
        row.refresh_from_db()
        if raw is not None:
            stored = receiving.receive_unreadable(
                inbox=row.inbox or _any_inbox(None),
                raw=raw,
                at=row.received_at,
                why=error.limit.as_sentence() if isinstance(error, ParseFailed) and error.limit else "",
            )
            row.conversation_id, row.message_id = stored.conversation_id, stored.pk
        row.state = RawMessage.State.PARKED
        row.processed_at = clock.now()
        row.save()


def _as_attachment(row: RawMessage) -> Attachment | None:
    """The raw file as it came, to be opened in a mail program; None when the disk does not give it."""
    try:
        content = storing.read(row.sha256)
    except (FileMissing, OSError):
        log.exception("raw_message_not_on_disk", raw_message=row.pk)
        return None
    return Attachment(f"message-{row.pk}.eml", "message/rfc822", len(content), row.sha256, content)
