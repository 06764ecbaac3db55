"""A message on its way in, with what intake found out about its sender."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from rapport.channels.contract import Inbound
from rapport.conversations.models import Message
from rapport.people.models import Customer


@dataclass(frozen=True, slots=True)
class Arrival:
    """What `receiving.receive` stores. Sender and reference are two facts and stay apart.

    `customer`: None lets receiving recognise the sender. `at`: when it reached us (aware); None means now, and for
    historic mail its own date. `stranger`: joins the conversation held inside. `as_note`: mail in a colleague's name that
    is not proved, or the answer to a question by mail; it becomes a note. `spam`: the inbox's own server says so, or the sender is blocked;
    `attention` tells colleagues why then. `answers_id`: id of our message it answers.
    """

    inbound: Inbound
    customer: Customer | None = None
    sender_check: str = Message.Sender.CLAIMED
    reference_check: str = Message.ReferenceCheck.NONE
    at: datetime | None = None
    stranger: bool = False
    as_note: bool = False
    spam: bool = False
    attention: str = ""
    answers_id: int | None = None
