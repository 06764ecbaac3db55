"""Trying again what a person asks for, and being honest about what a killed worker left behind."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_noop

from rapport.conversations import attending
from rapport.events import recording, waking
from rapport.kit import clock, owning
from rapport.outbox.models import Delivery
from rapport.outbox.queueing import GIVE_UP_AFTER
from rapport.people.models import Account

State = Delivery.State
_RETRIABLE = (State.DEFERRED, State.FAILED, State.POSSIBLY_SENT)


def retry(delivery: Delivery, *, by: Account) -> bool:
    """Send again now, with the same Message-ID, to those who have not had it; False when there is nothing to repeat."""
    with transaction.atomic():
        outcomes = {email: one for email, one in delivery.outcomes.items() if one["state"] == "sent"}
        now = clock.now()
        changed = Delivery.objects.filter(pk=delivery.pk, state__in=_RETRIABLE).update(
            state=State.QUEUED,
            attempts=0,
            outcomes=outcomes,
            next_try_at=now,
            give_up_at=now + GIVE_UP_AFTER,
            claimed_until=None,
        )
        if not changed:
            return False
        if delivery.conversation_id is not None:
            attending.clear_attention(delivery.conversation_id)
        recording.record(
            "delivery.queued",
            subject=delivery.pk,
            conversation=delivery.conversation_id,
            actor=by.pk,
            data={"again": True},
        )
        transaction.on_commit(waking.wake)
        return True


def retry_all(*, by: Account) -> int:
    """Retry every deferred and failed delivery; how many. Possibly sent ones are decided one by one."""
    troubled = Delivery.objects.filter(state__in=[State.DEFERRED, State.FAILED])
    return sum(retry(delivery, by=by) for delivery in troubled.order_by("pk"))


def try_inbox_again(inbox_id: int) -> int:
    """Somebody changed how the inbox sends: what its server would not take is tried now, not in hours; how many."""
    waiting = Delivery.objects.filter(state__in=[State.QUEUED, State.DEFERRED], inbox_id=inbox_id, outcomes={})
    hastened = waiting.update(next_try_at=clock.now())
    if hastened:
        transaction.on_commit(waking.wake)
    return hastened


def recover_interrupted(*, own: bool = False) -> int:
    """Deliveries whose worker died while sending become possibly sent, visible to their authors; how many.

    A process of this machine that is gone is known at once, any other when its claim has run out. `own`: this process
    has just begun, so what carries its name was left by a forerunner with the same id.
    """
    now = clock.now()
    found = 0
    for delivery in Delivery.objects.filter(state=State.SENDING):
        ended = delivery.claimed_until is None or delivery.claimed_until < now or owning.is_gone(delivery.claimed_by)
        if not (ended or (own and delivery.claimed_by == owning.this_process())):
            continue
        with transaction.atomic():
            unchanged = Delivery.objects.filter(
                pk=delivery.pk, state=State.SENDING, claimed_until=delivery.claimed_until
            )
            if unchanged.update(state=State.POSSIBLY_SENT, claimed_until=None, next_try_at=None):
                doubt(delivery)
                found += 1
    return found


def doubt(delivery: Delivery) -> None:
    """Make a delivery possibly sent and show it where its author looks. Call it in a transaction."""
    delivery.state, delivery.claimed_until, delivery.next_try_at = State.POSSIBLY_SENT, None, None
    delivery.claimed_by = ""
    delivery.save(update_fields=["state", "claimed_until", "claimed_by", "next_try_at", "last_answer"])
    recording.record(
        "delivery.possibly_sent",
        subject=delivery.pk,
        conversation=delivery.conversation_id,
        data={"message": delivery.message_id, "purpose": delivery.purpose},
    )
    if delivery.conversation_id is not None and delivery.step == Delivery.Step.SEND:
        attending.call_attention(
            delivery.conversation_id,
            to=gettext_noop("Nobody knows whether a message was delivered; a person must decide."),
        )
