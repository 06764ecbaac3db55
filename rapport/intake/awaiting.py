"""An answer is placed after what it answers, also when two workers have the two in hand at the same time."""

from __future__ import annotations

from datetime import timedelta

from rapport.channels.contract import Inbound
from rapport.intake.models import RawMessage
from rapport.kit import clock

PAUSE = timedelta(milliseconds=100)


class AnswersEarlier(Exception):
    """What this arrival answers may be among earlier ones that another worker has in hand."""


def names_others(inbound: Inbound) -> bool:
    """Whether it says that it answers something."""
    return bool(inbound.in_reply_to or inbound.references)


def refuse_overtaking(row: RawMessage) -> None:
    """Raises AnswersEarlier while anything that arrived before this is in a worker's hands.

    Who waits has always arrived later, so no two wait for each other. A dead worker's claim runs out.
    """
    in_hand = RawMessage.objects.filter(state=RawMessage.State.ACCEPTED, claimed_until__gt=clock.now())
    if in_hand.filter(pk__lt=row.pk).exists():
        raise AnswersEarlier


def give_back(row: RawMessage) -> None:
    """Let any worker take it again in a moment; this was no failure."""
    RawMessage.objects.filter(pk=row.pk, state=RawMessage.State.ACCEPTED).update(
        claimed_until=None, next_try_at=clock.now() + PAUSE
    )
