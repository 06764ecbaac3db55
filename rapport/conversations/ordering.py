"""What lists are sorted by. Each order stands on indexes that begin with (status) and (status, team), so that any part of a
view gives its first page without looking at the rest.

An order of a higher app (the next promise that falls due) is one more `Order`, its two indexes on the conversation, and
its column copied in `Listed`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rapport.conversations.models import Conversation

Priority = Conversation.Priority


@dataclass(frozen=True, slots=True)
class Order:
    """`column` holds a moment; `copy` is its name where it is copied (models.Listed). Rows without one are left out.

    With `ranks`, rows come first by priority in that order, and within one by the column.
    """

    key: str
    name: Promise
    column: str
    copy: str
    descending: bool = False
    ranks: tuple[int, ...] = ()

    def by(self, number: str = "pk", *, copied: bool = False) -> list[str]:
        """As `order_by` takes it; `number` names the column of the conversation's id."""
        sign = "-" if self.descending else ""
        first = ["-priority"] if self.ranks else []
        return [*first, f"{sign}{self.copy if copied else self.column}", f"{sign}{number}"]

    def beyond(self, at: Any, column: str, number: str, last: int) -> tuple[dict[str, Any], dict[str, Any]]:
        """What must hold and what must not, for rows that come after (`at`, `last`).

        The plain bound on the column lets the index start at the right place.
        """
        edge = "lte" if self.descending else "gte"
        passed = "gte" if self.descending else "lte"
        return {f"{column}__{edge}": at}, {column: at, f"{number}__{passed}": last}


ACTIVITY = Order("activity", _("Newest activity"), "last_message_at", "last_message_at", descending=True)
WAITING = Order("waiting", _("Waiting longest (only who waits)"), "waiting_since", "waiting_since")
AGE = Order("age", _("Oldest first"), "created_at", "begun_at")
PRIORITY = Order(
    "priority",
    _("Priority, then oldest"),
    "created_at",
    "begun_at",
    ranks=(Priority.URGENT, Priority.HIGH, Priority.NORMAL, Priority.LOW),
)
ORDERS: dict[str, Order] = {order.key: order for order in (ACTIVITY, WAITING, AGE, PRIORITY)}


def of(key: str) -> Order:
    """The order of this key; by activity for a key that is none (any more)."""
    return ORDERS.get(key, ACTIVITY)
