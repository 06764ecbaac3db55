"""Notes on a customer: what the next colleague should know, with who wrote it and when."""

from __future__ import annotations

from django.db import transaction

from rapport.events import recording
from rapport.kit import text
from rapport.people.errors import NothingWritten, NotYours
from rapport.people.models import Account, Customer, CustomerNote
from rapport.people.rights import Right

MOST_CHARS = 5000


@transaction.atomic
def remark(customer: Customer, *, words: str, by: Account | None) -> CustomerNote:
    """Add a note. Raises NothingWritten."""
    written = text.storable(words).strip()[:MOST_CHARS]
    if not written:
        raise NothingWritten
    note = CustomerNote.objects.create(customer=customer, author=by, text=written)
    _record(note, "noted", by=by)
    return note


@transaction.atomic
def remove(note: CustomerNote, *, by: Account) -> None:
    """Take a note away: one's own, or anybody's for who keeps the settings; the event keeps its words. Raises NotYours."""
    if note.author_id != by.pk and not by.may(Right.INSTALLATION):
        raise NotYours
    _record(note, "note_removed", by=by)
    note.delete()


def _record(note: CustomerNote, kind: str, *, by: Account | None) -> None:
    data = {"note": note.pk, "text": note.text[:500]}
    recording.record(f"customer.{kind}", subject=note.customer_id, actor=by.pk if by else None, data=data)
