"""New keys for everything that lies encrypted, so that a key that leaked can be retired."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import transaction

from rapport.channels import secrets as inbox_secrets
from rapport.channels.models import Inbox
from rapport.kit.secrets import SecretUnreadable
from rapport.notifications import identifying
from rapport.notifications.models import PushKey
from rapport.people import carding
from rapport.people.models import Card

_SEALED_FACTS = ("secret", "seed")  # what allauth encrypts in the facts of a second factor


@dataclass
class Renewed:
    """How many secrets are under the newest key now, and whose could not be read: nothing was done to those."""

    count: int = 0
    unreadable: list[str] = field(default_factory=list)


def renew_everything() -> Renewed:
    """Put every stored secret under the newest key; what already is stays as it is. Each in its own transaction."""
    renewed = Renewed()
    for pk in Inbox.objects.exclude(secrets_encrypted="").values_list("pk", flat=True):
        _renew(renewed, Inbox, pk, _inbox)
    from allauth.mfa.models import Authenticator

    for pk in Authenticator.objects.exclude(type="webauthn").values_list("pk", flat=True):
        _renew(renewed, Authenticator, pk, _second_factor)
    for pk in Card.objects.values_list("pk", flat=True):
        _renew(renewed, Card, pk, _card)
    for pk in PushKey.objects.values_list("pk", flat=True):
        _renew(renewed, PushKey, pk, _push_key)
    return renewed


def _renew(renewed: Renewed, model: Any, pk: int, put: Any) -> None:
    with transaction.atomic():
        row = model.objects.select_for_update().filter(pk=pk).first()
        if row is None:
            return
        try:
            renewed.count += put(row)
        except SecretUnreadable:
            renewed.unreadable.append(_name(row))


def _inbox(inbox: Inbox) -> int:
    inbox_secrets.renew(inbox)
    return 1


def _card(card: Card) -> int:
    carding.renew(card)
    return 1


def _push_key(kept: PushKey) -> int:
    identifying.renew(kept)
    return 1


def _second_factor(factor: Any) -> int:
    from rapport.desk.entering import SECOND_FACTOR_CONTEXT

    sealed = {name: factor.data[name] for name in _SEALED_FACTS if factor.data.get(name)}
    factor.data |= {
        name: settings.KEY_RING.renewed(token, context=SECOND_FACTOR_CONTEXT) for name, token in sealed.items()
    }
    factor.save(update_fields=["data"])
    return len(sealed)


def _name(row: Any) -> str:
    if isinstance(row, PushKey):
        return "the key that signs pushes"
    if isinstance(row, Card):
        return f"the customer card {row.name}"
    return f"the inbox {row.name}" if isinstance(row, Inbox) else f"the second factor of {row.user}"
