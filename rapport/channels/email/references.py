"""References that we sign: the Message-IDs of our mails and the addresses that answers come back to.

A reference is `purpose.number[.number].signature`. The signature covers purpose and numbers with the installation's key
ring (HMAC-SHA256, 128 bits, key id in front), so a reference can neither be guessed nor turned to another message,
conversation or person. One Message-ID serves all recipients of a reply; a second number binds a reference to one account
where one person is addressed.
"""

from __future__ import annotations

from rapport.channels.contract import Inbound, SignedReference, Signer

_HMAC_PURPOSE = "mail-reference"
_MARK = "rapport"
_MAX_READ = 50


def make_message_id(subject_id: int, *, purpose: str, domain: str, ring: Signer, account_id: int | None = None) -> str:
    """A Message-ID without <> for a message (or, with `account_id`, for what one account is told of it)."""
    return f"{_MARK}.{_reference(purpose, subject_id, account_id, ring)}@{domain}"


def read_message_id(external_id: str, *, ring: Signer) -> SignedReference | None:
    """Read a Message-ID (with or without <>); None when it is not in our form."""
    local = external_id.strip().strip("<>").partition("@")[0].lower()
    mark, _, reference = local.partition(".")
    return _read(reference, ring) if mark == _MARK else None


def make_reply_address(address: str, subject_id: int, *, ring: Signer, purpose: str = "c") -> str:
    """The inbox's address with a signed tag that leads answers to a conversation: `help+c.7.…@fleur.example`.

    With another `purpose`, to what that purpose's numbers name.
    """
    local, _, domain = address.partition("@")
    return f"{local}+{_reference(purpose, subject_id, None, ring)}@{domain}"


def read_reply_address(address: str, *, ring: Signer) -> SignedReference | None:
    """Read an address an answer was sent to; None when it carries no tag in our form."""
    local = address.partition("@")[0].lower()
    _, plus, tag = local.rpartition("+")
    return _read(tag, ring) if plus else None


def _reference(purpose: str, subject_id: int, account_id: int | None, ring: Signer) -> str:
    claim = f"{purpose}.{subject_id}" + (f".{account_id}" if account_id is not None else "")
    return f"{claim}.{ring.sign(claim.encode(), purpose=_HMAC_PURPOSE)}"


def _read(reference: str, ring: Signer) -> SignedReference | None:
    claim, _, signature = reference.rpartition(".")
    purpose, *numbers = claim.split(".")
    if not purpose.isalpha() or not 1 <= len(numbers) <= 2 or len(reference) > 200:
        return None
    if not all(number.isascii() and number.isdecimal() and len(number) <= 18 for number in numbers):
        return None
    valid = ring.verify(claim.encode(), signature, purpose=_HMAC_PURPOSE)
    account_id = int(numbers[1]) if len(numbers) == 2 else None
    return SignedReference(purpose, int(numbers[0]), account_id, valid)


def read_all(inbound: Inbound, *, ring: Signer) -> list[SignedReference]:
    """Every reference in our form that a mail answers: In-Reply-To, References from the nearest, then addresses."""
    ids = [inbound.in_reply_to, *reversed(inbound.references[-_MAX_READ:])]
    addresses = [address.email for address in (*inbound.to, *inbound.cc)] + inbound.envelope_hints
    found = [read_message_id(external_id, ring=ring) for external_id in dict.fromkeys(ids)]
    found += [read_reply_address(address, ring=ring) for address in dict.fromkeys(addresses[:_MAX_READ])]
    return [reference for reference in found if reference is not None]
