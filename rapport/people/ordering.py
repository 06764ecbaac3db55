"""What customers bought, as the company's shop tells it: put in by number, again and again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from django.db import transaction

from rapport.events import recording
from rapport.kit import text
from rapport.people.errors import NoName, UnsafeLink
from rapport.people.models import Account, Customer, Order

_MOST_LINES = 200


@dataclass(frozen=True, slots=True)
class Bought:
    """An order as told. `lines`: name and quantity of each item."""

    number: str
    placed_at: datetime
    summary: str = ""
    status: str = ""
    total_cents: int = 0
    currency: str = "EUR"
    lines: Sequence[dict[str, str]] = field(default_factory=tuple)
    link: str = ""


@transaction.atomic
def put(bought: Bought, *, customer: Customer, by: Account | None) -> str:
    """Enter an order, or bring the one with this number up to date: "created", "changed" or "unchanged".

    Raises NoName (no number), UnsafeLink.
    """
    number = text.clean_line(bought.number, 40)
    if not number:
        raise NoName
    kept = _kept(bought)
    row = Order.objects.select_for_update().filter(number=number).first()
    if row is None:
        row = Order.objects.create(number=number, customer=customer, **kept)
        _record(row, "entered", by=by)
        return "created"
    changed = [name for name, value in kept.items() if getattr(row, name) != value]
    if row.customer_id != customer.pk:
        row.customer = customer
        changed.append("customer")
    if not changed:
        return "unchanged"
    for name, value in kept.items():
        setattr(row, name, value)
    row.save(update_fields=changed)
    _record(row, "changed", by=by, fields=changed)
    return "changed"


def safe_link(link: str) -> str:
    """The link, if it is one to a web page. Raises UnsafeLink."""
    line = text.clean_line(link, 500)
    if not line:
        return ""
    try:
        parts = urlsplit(line)
    except ValueError:
        raise UnsafeLink from None
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise UnsafeLink
    return line


def _kept(bought: Bought) -> dict[str, object]:
    lines = [
        {"name": text.clean_line(line.get("name", ""), 200), "quantity": text.clean_line(line.get("quantity", ""), 20)}
        for line in bought.lines[:_MOST_LINES]
    ]
    lines = [line for line in lines if line["name"]]
    summary = text.clean_line(bought.summary, 200) or text.clean_line(", ".join(line["name"] for line in lines), 200)
    return {
        "summary": summary,
        "status": text.clean_line(bought.status, 40),
        "total_cents": bought.total_cents,
        "currency": text.clean_line(bought.currency, 3).upper() or "EUR",
        "lines": lines,
        "link": safe_link(bought.link),
        "placed_at": bought.placed_at,
    }


def _record(row: Order, kind: str, *, by: Account | None, fields: Sequence[str] = ()) -> None:
    data = {"number": row.number, "fields": list(fields)} if fields else {"number": row.number}
    recording.record(f"order.{kind}", subject=row.pk, actor=by.pk if by else None, data=data)
