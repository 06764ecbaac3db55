"""Addresses as messages store them (`{"email": …, "name": …}`) and who takes part in a conversation."""

from __future__ import annotations

from collections.abc import Iterable

from rapport.channels.contract import Address
from rapport.conversations.models import Conversation, Participant
from rapport.kit import text
from rapport.people.recognising import address_key
from rapport.rows import making
from rapport.rows.asking import Question

MAX_RECIPIENTS = 100
_NAME_CHARS = 160


def stored(addresses: Iterable[Address]) -> list[dict[str, str]]:
    """Each address once, in order, cleaned for storing; at most 100."""
    unique = {address_key(one.email): text.clean_line(one.name, _NAME_CHARS) for one in addresses if one.email.strip()}
    return [{"email": email, "name": name} for email, name in list(unique.items())[:MAX_RECIPIENTS]]


def addresses(rows: Iterable[dict[str, str]]) -> list[Address]:
    """The reverse of `stored`."""
    return [Address(row["email"], row.get("name", "")) for row in rows]


def requesters(family: Iterable[int]) -> list[Address]:
    """Whom a reply goes to when its author named nobody. `family`: ids of a conversation and what was merged into it."""
    return [Address(email, name) for email, name in _requesters.ask(list(family))]


def expect_requesters(family: Iterable[int]) -> None:
    """Bring the same along with what is asked now."""
    _requesters.expect(list(family))


def is_participant(family: Iterable[int], email: str) -> bool:
    """Whether the address is a requester, or a copy that an agent accepted. Suggested people are not."""
    roles = [Participant.Role.REQUESTER, Participant.Role.COPY]
    return Participant.objects.filter(
        conversation_id__in=list(family), email=address_key(email), role__in=roles
    ).exists()


def suggest(conversation: Conversation, people: Iterable[Address], *, own: Iterable[str]) -> list[Participant]:
    """Rows (unsaved) for people a message was copied to: suggestions, never readers. `own`: the inbox's addresses."""
    ours = {address_key(address) for address in own}
    return [
        making.new(
            Participant,
            conversation_id=conversation.pk,
            email=row["email"],
            name=row["name"],
            role=Participant.Role.SUGGESTED,
        )
        for row in stored(people)
        if row["email"] not in ours
    ]


def accept(conversation: Conversation, people: Iterable[dict[str, str]]) -> None:
    """An agent wrote to these people: they take part from now on (suggestions become copies)."""
    emails = {row["email"]: row["name"] for row in people}
    known = {row.email: row for row in Participant.objects.filter(conversation=conversation, email__in=emails)}
    suggested = [row.pk for row in known.values() if row.role == Participant.Role.SUGGESTED]
    if suggested:
        Participant.objects.filter(pk__in=suggested).update(role=Participant.Role.COPY)
    role = Participant.Role.COPY if known or _has_requester(conversation) else Participant.Role.REQUESTER
    new = [
        Participant(conversation=conversation, email=email, name=name, role=role)
        for email, name in emails.items()
        if email not in known
    ]
    Participant.objects.bulk_create(new, ignore_conflicts=True)


def _has_requester(conversation: Conversation) -> bool:
    return Participant.objects.filter(conversation=conversation, role=Participant.Role.REQUESTER).exists()


_requesters = Question(
    lambda family: (
        Participant.objects.filter(conversation_id__in=family, role=Participant.Role.REQUESTER)
        .order_by("pk")
        .values_list("email", "name")
    )
)
