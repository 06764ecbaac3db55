"""Senders nobody wants to hear from: their mail is stored and goes to the spam, with the reason beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.db import transaction
from django.db.models import F

from rapport.events import auditing
from rapport.kit import clock, text
from rapport.people.addressing import checked
from rapport.people.errors import NoAddress, OwnAddress, PublicMailDomain
from rapport.people.models import Account, BlockedSender, CustomerAddress
from rapport.people.public_domains import is_public
from rapport.people.recognising import address_key, domain_of
from rapport.rows.asking import Question

_REASON_CHARS = 200


@transaction.atomic
def block(value: str, *, reason: str, by: Account | None) -> BlockedSender:
    """Stop an address, or with `example.org` or `@example.org` a whole domain. What is blocked already stays as it is.

    Raises NoSuchAddress, PublicMailDomain (half the world writes from there), OwnAddress (a colleague's).
    """
    written = value.strip().lower()
    is_domain = "@" not in written.lstrip("@")
    kept = _domain(written) if is_domain else checked(written)
    if Account.objects.filter(is_active=True, **({"email__endswith": f"@{kept}"} if is_domain else {"email": kept})):
        raise OwnAddress
    row, is_new = BlockedSender.objects.get_or_create(
        value=kept, defaults={"is_domain": is_domain, "reason": text.clean_line(reason, _REASON_CHARS), "by": by}
    )
    if is_new:
        _record("blocked", row, by=by)
    return row


@transaction.atomic
def unblock(row: BlockedSender, *, by: Account | None) -> None:
    """Let mail of this sender arrive again. What was stopped stays among the spam until somebody brings it back."""
    _record("unblocked", row, by=by)
    row.delete()


@transaction.atomic
def block_customer(customers: Sequence[int], *, reason: str, by: Account | None) -> int:
    """Stop every address of these rows of one customer; how many. Raises NoAddress when there is none."""
    emails = list(CustomerAddress.objects.filter(customer_id__in=customers).values_list("email", flat=True))
    if not emails:
        raise NoAddress
    return len([block(email, reason=reason, by=by) for email in emails])


@transaction.atomic
def unblock_customer(customers: Sequence[int], *, by: Account | None) -> int:
    """Let every address of these rows write again; how many were blocked. A blocked domain stays blocked."""
    emails = CustomerAddress.objects.filter(customer_id__in=customers).values("email")
    rows = list(BlockedSender.objects.filter(value__in=emails))
    for row in rows:
        unblock(row, by=by)
    return len(rows)


def blocking(email: str) -> BlockedSender | None:
    """What stops mail from this address: an entry for itself, else for its domain or one above. One statement."""
    found = among([email])
    return BlockedSender.objects.filter(value=found[0]).first() if found else None


def among(emails: Iterable[str]) -> list[str]:
    """Entries of the blocklist that stop one of these addresses, the closest first. One statement, none for no address."""
    found = [value for part in _parts(emails) for (value,) in _listed.ask(*part)]
    return sorted(found, key=len, reverse=True)


def expect_among(emails: Iterable[str]) -> None:
    """Bring the same along with what is asked now."""
    for part in _parts(emails):
        _listed.expect(*part)


def _parts(emails: Iterable[str]) -> Iterator[list[str]]:
    """The names of these addresses, as many at once as the statement takes."""
    values = [value for email in emails for value in _names(email)]
    for at in range(0, len(values), _AT_ONCE):
        part = values[at : at + _AT_ONCE]
        yield part + [part[-1]] * (_AT_ONCE - len(part))


def stopped(emails: Iterable[str]) -> set[str]:
    """Those of these addresses whose mail is stopped."""
    asked = list(dict.fromkeys(emails))
    entries = set(among(asked))
    return {email for email in asked if entries.intersection(_names(email))} if entries else set()


def count(row: BlockedSender) -> None:
    """One more mail was stopped."""
    BlockedSender.objects.filter(pk=row.pk).update(stopped=F("stopped") + 1, last_stopped_at=clock.now())


_AT_ONCE = 8
_listed = Question(lambda *values: BlockedSender.objects.filter(value__in=values).values_list("value"))


def _names(email: str) -> list[str]:
    """The address, its domain, and the domains that one lies under."""
    key = address_key(email)
    labels = domain_of(key).split(".")
    return [key, *(".".join(labels[start:]) for start in range(min(len(labels) - 1, _AT_ONCE - 1)))]


def _domain(written: str) -> str:
    name = written.lstrip("@").rstrip(".")
    checked(f"any@{name}")
    if is_public(name):
        raise PublicMailDomain
    return name


def _record(kind: str, row: BlockedSender, *, by: Account | None) -> None:
    told = auditing.state(row, "value", "reason")
    auditing.changed(
        f"sender.{kind}",
        row,
        by=by,
        before=told if kind == "unblocked" else {},
        after={} if kind == "unblocked" else told,
    )
