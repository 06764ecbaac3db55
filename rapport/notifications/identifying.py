"""The pair of keys by which push services know this installation: made once, its private half under the key ring."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from rapport.kit import webpush
from rapport.kit.secrets import SecretUnreadable
from rapport.notifications.models import Device, PushKey

_ONLY_ROW = 1
_CONTEXT = "push:vapid"


@transaction.atomic
def public_key() -> str:
    """What a browser needs to subscribe; the pair is made when it is asked for first.

    A private half that cannot be read any more (its key is lost) is replaced: browsers take over the new pair by
    themselves when they are next used, and those known so far can be reached no more.
    """
    made, _ = PushKey.objects.get_or_create(pk=_ONLY_ROW, defaults=_fresh())
    kept = PushKey.objects.select_for_update().get(pk=made.pk)
    try:
        private_key_of(kept)
    except SecretUnreadable:
        Device.objects.all().delete()
        for name, value in _fresh().items():
            setattr(kept, name, value)
        kept.save()
    return kept.public


def private_key() -> str:
    """The half that signs. Raises SecretUnreadable."""
    kept = PushKey.objects.filter(pk=_ONLY_ROW).first()
    if kept is None:
        raise SecretUnreadable("There is no key to sign pushes with.")
    return private_key_of(kept)


def private_key_of(kept: PushKey) -> str:
    """The private half of a row. Raises SecretUnreadable."""
    private: str = settings.KEY_RING.decrypt(kept.private_encrypted, context=_CONTEXT)
    return private


def renew(kept: PushKey) -> None:
    """Put the private half under the newest key of the ring. Raises SecretUnreadable."""
    kept.private_encrypted = settings.KEY_RING.renewed(kept.private_encrypted, context=_CONTEXT)
    kept.save(update_fields=["private_encrypted"])


def _fresh() -> dict[str, str]:
    private = webpush.new_private_key()
    sealed = settings.KEY_RING.encrypt(private, context=_CONTEXT)
    return {"public": webpush.public_key(private), "private_encrypted": sealed}
