"""What an adapter needs to reach the other side for one inbox: its set-up, its secrets, and what the operator allows."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from rapport.channels.models import Inbox
from rapport.channels.secrets import read_secrets


def transport_settings(inbox: Inbox) -> dict[str, Any]:
    """The inbox's settings and secrets in one dict, with `address`, `allow_nets` and `practice_folder`.

    Raises kit.secrets.SecretUnreadable naming the missing key.
    """
    environment = settings.ENVIRONMENT
    return {
        **inbox.settings,
        **read_secrets(inbox),
        "address": inbox.address,
        "allow_nets": environment.allow_nets,
        "practice_folder": str(environment.home / "practice" / str(inbox.pk)),
    }


def system_settings() -> dict[str, Any] | None:
    """How to send the product's own mails by RAPPORT_SYSTEM_MAIL_URL; None when it is not set."""
    mail = settings.ENVIRONMENT.system_mail
    if mail is None:
        return None
    server = {"host": mail.host, "port": mail.port, "security": mail.security, "user": mail.user, "auth": "password"}
    # The operator named this server in the environment, so the guard for targets set in the browser does not apply.
    return {"transport": "smtp", "smtp": server, "smtp_password": mail.password, "guard": False}
