"""Django's mail door: what allauth and Django send goes through the outbox like everything else."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.mail import EmailAlternative, EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend

from rapport.outbox.queueing import SystemMail, queue_system_mail


class OutboxBackend(BaseEmailBackend):
    """Queues each mail for each of its recipients; sending and retrying are the outbox's work."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """How many mails were queued."""
        for mail in email_messages:
            for recipient in mail.recipients():
                queue_system_mail(
                    SystemMail(
                        to=recipient,
                        subject=str(mail.subject),
                        text=str(mail.body),
                        html=_html(mail),
                        purpose="account",
                    )
                )
        return len(email_messages)


def _html(mail: EmailMessage) -> str:
    if not isinstance(mail, EmailMultiAlternatives):
        return ""
    for alternative in mail.alternatives:
        if isinstance(alternative, EmailAlternative) and alternative.mimetype == "text/html":
            return str(alternative.content)
    return ""
