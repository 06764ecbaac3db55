"""An inbox's passwords and tokens: encrypted in the row, readable only with the installation's key ring."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings

from rapport.channels.models import Inbox


def read_secrets(inbox: Inbox) -> dict[str, Any]:
    """The inbox's secrets; empty when none were stored. Raises kit.secrets.SecretUnreadable naming the missing key."""
    if not inbox.secrets_encrypted:
        return {}
    plain: dict[str, Any] = json.loads(settings.KEY_RING.decrypt(inbox.secrets_encrypted, context=_context(inbox)))
    return plain


def write_secrets(inbox: Inbox, secrets: dict[str, Any]) -> None:
    """Encrypt and store the secrets of a saved inbox, replacing what stood there."""
    inbox.secrets_encrypted = settings.KEY_RING.encrypt(json.dumps(secrets), context=_context(inbox))
    inbox.save(update_fields=["secrets_encrypted"])


def renew(inbox: Inbox) -> None:
    """Put the stored secrets under the newest key, unless they are. Raises kit.secrets.SecretUnreadable."""
    inbox.secrets_encrypted = settings.KEY_RING.renewed(inbox.secrets_encrypted, context=_context(inbox))
    inbox.save(update_fields=["secrets_encrypted"])


def _context(inbox: Inbox) -> str:
    return f"inbox:{inbox.pk}"
