"""Sending what is due: claimed first, sent outside any transaction, and what happened is written down honestly.

Sending cannot be exactly once. A delivery is marked `sending` before anything leaves; found in that state when its
sender is gone, nobody knows whether it left, and only a person may repeat it (with the same Message-ID).
"""

from __future__ import annotations

import random
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import structlog
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact
from django.utils.translation import gettext_noop

from rapport.channels.connecting import system_settings, transport_settings
from rapport.channels.contract import Adapter, Outbound, Receipt, Refusal, SendFailed
from rapport.channels.registry import adapter_for
from rapport.conversations import attending
from rapport.events import recording
from rapport.files import storing
from rapport.files.errors import FileMissing
from rapport.kit import clock, owning
from rapport.kit.secrets import SecretUnreadable
from rapport.outbox import composing, queueing, wording
from rapport.outbox.models import Delivery
from rapport.people import installing

log = structlog.get_logger(__name__)

# Renewed while somebody sends (lanes.py); what a dead machine was sending is in doubt within two minutes.
CLAIM = timedelta(seconds=60)
# How long a way out rests that could not be reached, or that let nobody in: a wrong password asked often locks accounts.
REST = timedelta(minutes=1)
LONG_REST = timedelta(minutes=5)
# Minutes until the next try after the 1st, 2nd, … temporary failure; the last one repeats until the delivery gives up.
RETRY_MINUTES = (1, 5, 15, 60, 120, 240, 480)
_JITTER = 0.2
State = Delivery.State
_AT_REST = [state for state in State if state not in (State.QUEUED, State.DEFERRED)]
_TROUBLE = {
    State.FAILED: gettext_noop("A message could not be delivered."),
    State.DEFERRED: gettext_noop("A message has not been delivered yet; Rapport keeps trying."),
    State.POSSIBLY_SENT: gettext_noop("Nobody knows whether a message was delivered; a person must decide."),
}


class Lane(NamedTuple):
    """One way out, which its deliveries leave by one after another: a server takes one thing at a time from us.

    `kind` is replies, copies (into a Sent folder) or system (the product's own mails).
    """

    kind: str
    inbox_id: int | None


def mind_the_clock() -> None:
    """What lies further ahead than we ever set it was set before the clock went back: its time is now."""
    now = clock.now()
    longest = timedelta(minutes=RETRY_MINUTES[-1] * (1 + _JITTER))
    is_too_far = Q(next_try_at__gt=now + longest + clock.SLACK)
    is_too_far |= Q(state=State.QUEUED, next_try_at__gt=now + LONG_REST + clock.SLACK)
    ahead = Delivery.objects.filter(is_too_far, next_try_at__isnull=False).exclude(state__in=_AT_REST)
    if ahead.exists():  # asked every few seconds, and seldom so
        ahead.update(next_try_at=now)


def lanes_due(*, besides: Collection[Lane] = ()) -> list[Lane]:
    """The lanes with something to send now, without those named in `besides`."""
    rows = _due().annotate(is_system=Q(message__isnull=True)).values_list("step", "is_system", "inbox_id")
    found = {
        Lane("copies" if step == Delivery.Step.SENT_COPY else "system" if is_system else "replies", inbox_id)
        for step, is_system, inbox_id in rows.order_by().distinct()
    }
    return sorted(found.difference(besides), key=str)


def next_due_at(*, besides: Collection[Lane] = ()) -> datetime | None:
    """When the next delivery of any other lane than these is to be tried."""
    waiting = Delivery.objects.filter(state__in=[State.QUEUED, State.DEFERRED], next_try_at__isnull=False)
    for lane in besides:
        waiting = waiting.exclude(_of(lane))
    return waiting.order_by("next_try_at").values_list("next_try_at", flat=True).first()


def send_due(limit: int = 10) -> int:
    """Send up to `limit` due deliveries, lane by lane, longest due first; how many were tried.

    One failing delays no other. A restored copy sends nothing until it is released. The worker does the same with a
    thread for each lane (lanes.py).
    """
    if installing.is_held():
        return 0
    mind_the_clock()
    tried = 0
    lanes = lanes_due()
    while tried < limit and lanes:
        for lane in lanes:
            while tried < limit and (delivery := claim(lane)):
                send(delivery, lane)
                tried += 1
        lanes = lanes_due(besides=lanes)  # a sent reply has made a copy for the Sent folder
    return tried


def claim(lane: Lane) -> Delivery | None:
    """Mark the lane's next due delivery as being sent by this process, by conditional UPDATE.

    Each is claimed on its own: a worker that dies leaves one in doubt, not a batch.
    """
    now = clock.now()
    while True:
        pk = _due(now).filter(_of(lane)).order_by("next_try_at", "pk").values_list("pk", flat=True).first()
        if pk is None:
            return None
        mine = {"claimed_until": now + CLAIM, "claimed_by": owning.this_process(), "attempts": F("attempts") + 1}
        with transaction.atomic():  # what cannot be read was not claimed either: nothing of it had left
            if _due(now).filter(pk=pk).update(state=State.SENDING, **mine):
                related = ("inbox", "message__conversation__team", "message__author", "message__in_reply_to_message")
                return Delivery.objects.select_related(*related).get(pk=pk)


def send(delivery: Delivery, lane: Lane) -> None:
    """Send what was claimed and write down what happened; the rest of its lane waits when its server is away."""
    try:
        receipt = _append_copy(delivery) if delivery.step == Delivery.Step.SENT_COPY else _hand_over(delivery)
    except SendFailed as failure:
        _note_failure(delivery, failure)
        if failure.unreachable:
            _rest(lane, LONG_REST if failure.code else REST)
    except (FileMissing, SecretUnreadable) as error:
        _note_failure(delivery, SendFailed(str(error), permanent=True))
    except Exception as error:
        # An adapter that breaks without saying so may have handed the message over: never again without a person.
        log.exception("delivery_broke", delivery=delivery.pk)
        _note_failure(delivery, SendFailed(f"{type(error).__name__}: {error}", unknown=True))
    else:
        _note_receipt(delivery, receipt)


def _due(now: datetime | None = None) -> QuerySet[Delivery]:
    """What is to be tried now."""
    # By what it is not, so that the index of what waits gives the next one without sorting a long queue for each.
    return Delivery.objects.filter(next_try_at__lte=now or clock.now()).exclude(state__in=_AT_REST)


def _of(lane: Lane) -> Q:
    # Not along the indexes of inbox and message, which hold all that ever left: what waits has one of its own.
    inbox = Q(Exact(Coalesce("inbox_id", 0), lane.inbox_id or 0))
    if lane.kind == "copies":
        return inbox & Q(step=Delivery.Step.SENT_COPY)
    is_system = Q(Exact(Coalesce("message_id", 0), 0))
    return inbox & Q(step=Delivery.Step.SEND) & (is_system if lane.kind == "system" else ~is_system)


def _rest(lane: Lane, pause: timedelta) -> None:
    """Nothing more of the lane is tried for a while: a dead server is waited for once, not once for each message."""
    now = clock.now()
    _due(now).filter(_of(lane)).update(next_try_at=now + pause)


def _hand_over(delivery: Delivery) -> Receipt:
    """Compose for those who are still to get it, and hand over. Raises SendFailed."""
    settled = {email for email, outcome in delivery.outcomes.items() if outcome["state"] in ("sent", "failed")}
    left = [email for email in delivery.recipients if email not in settled]
    if not left:
        return Receipt(accepted=[], refused=[], answer=delivery.last_answer)
    outbound, adapter, settings = _prepare(delivery)
    outbound.envelope_to = left
    return adapter.send(outbound, settings)


def _prepare(delivery: Delivery) -> tuple[Outbound, Adapter, dict[str, Any]]:
    """The complete message and its way out. What breaks here broke before anything left, so it is tried again."""
    try:
        outbound = composing.compose(delivery)
        if delivery.message is None and (by_operator := system_settings()):
            return outbound, adapter_for("email"), by_operator
        if delivery.inbox is None:
            raise SendFailed(wording.NO_WAY_OUT)
        return outbound, adapter_for(delivery.inbox.kind), transport_settings(delivery.inbox)
    except (FileMissing, SecretUnreadable, SendFailed):
        raise
    except Exception as error:
        log.exception("delivery_not_composed", delivery=delivery.pk)
        raise SendFailed(f"The message could not be put together: {error}") from error


def _append_copy(delivery: Delivery) -> Receipt:
    if delivery.inbox is None:
        raise SendFailed(wording.INBOX_GONE, permanent=True)
    raw = storing.read(delivery.raw_sha256)
    adapter_for(delivery.inbox.kind).file_sent(raw, transport_settings(delivery.inbox))
    return Receipt(accepted=[], refused=[], answer="")


def _note_receipt(delivery: Delivery, receipt: Receipt) -> None:
    """Somebody took it: write down for whom, and go on with those who were told to wait."""
    outcomes = {
        **delivery.outcomes,
        **{email: {"state": "sent", "answer": receipt.answer} for email in receipt.accepted},
    }
    outcomes |= {refusal.recipient: _refused(refusal) for refusal in receipt.refused}
    delivery.outcomes = outcomes
    waiting = [email for email, outcome in outcomes.items() if outcome["state"] == "deferred"]
    refused = [email for email, outcome in outcomes.items() if outcome["state"] == "failed"]
    delivery.last_answer = receipt.refused[0].reason if receipt.refused else receipt.answer
    kept = _keep_raw(delivery, receipt)
    with transaction.atomic():
        if kept:
            delivery.raw_sha256 = storing.name_blob(kept, len(receipt.raw)).sha256
            queueing.queue_sent_copy(delivery, raw_sha256=kept)
        if waiting:
            _defer(delivery)
        elif refused:
            _settle(delivery, State.FAILED)
        else:
            delivery.sent_at = clock.now()
            _settle(delivery, State.SENT)


def _keep_raw(delivery: Delivery, receipt: Receipt) -> str:
    """Keep what was sent and return its hash. A full disk must not make a sent message look unsent: then none."""
    if not receipt.raw or delivery.step != Delivery.Step.SEND:
        return ""
    try:
        return storing.write_blob(receipt.raw)
    except OSError:
        log.exception("sent_message_not_kept", delivery=delivery.pk)
        return ""


def _refused(refusal: Refusal) -> dict[str, object]:
    state = "failed" if refusal.permanent else "deferred"
    return {"state": state, "code": refusal.code, "answer": refusal.reason}


def _note_failure(delivery: Delivery, failure: SendFailed) -> None:
    """Nobody took it, or nobody knows."""
    delivery.last_answer = failure.reason
    with transaction.atomic():
        if failure.unknown:
            _settle(delivery, State.POSSIBLY_SENT)
        elif failure.permanent:
            _settle(delivery, State.FAILED)
        else:
            _defer(delivery)


def _defer(delivery: Delivery) -> None:
    """Try again later with jitter, or give up when the time is over."""
    now = clock.now()
    if delivery.give_up_at is not None and now >= delivery.give_up_at:
        _settle(delivery, State.FAILED)
        return
    _settle(delivery, State.DEFERRED, next_try_at=next_try(delivery.attempts, now))


def next_try(attempts: int, now: datetime) -> datetime:
    """When to try again after so many tries: 1, 5, 15, 60, 120 … minutes, each spread by a fifth."""
    minutes = RETRY_MINUTES[min(attempts, len(RETRY_MINUTES)) - 1]
    spread = 1 + random.uniform(-_JITTER, _JITTER)  # noqa: S311 - spreads load, protects nothing
    return now + timedelta(minutes=minutes * spread)


def _settle(delivery: Delivery, state: Delivery.State, *, next_try_at: datetime | None = None) -> None:
    """Write the state and the event; trouble with a customer's message becomes visible on its conversation."""
    doubted = Delivery.objects.filter(pk=delivery.pk, state=State.POSSIBLY_SENT).exists()
    delivery.state, delivery.claimed_until, delivery.next_try_at = state, None, next_try_at
    delivery.claimed_by = ""
    delivery.save()
    data = {"message": delivery.message_id, "purpose": delivery.purpose, "answer": delivery.last_answer[:300]}
    recording.record(f"delivery.{state}", subject=delivery.pk, conversation=delivery.conversation_id, data=data)
    if delivery.conversation_id is None or delivery.step != Delivery.Step.SEND:
        return
    some_failed = any(outcome["state"] == "failed" for outcome in delivery.outcomes.values())
    if state == State.DEFERRED and some_failed:
        attending.call_attention(delivery.conversation_id, to=_TROUBLE[State.FAILED])
    elif state in (State.FAILED, State.POSSIBLY_SENT) or (state == State.DEFERRED and delivery.attempts > 1):
        attending.call_attention(delivery.conversation_id, to=_TROUBLE[state])
    elif state == State.SENT and (delivery.attempts > 1 or doubted):
        attending.clear_attention(delivery.conversation_id)
