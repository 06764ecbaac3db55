"""The mail door: LMTP or SMTP for forwarding from any mail server. 250 means: fsynced and committed."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import structlog
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings
from django.db import DatabaseError, connections

from rapport.channels.listing import inbox_of
from rapport.intake.accepting import Envelope as Handed
from rapport.intake.accepting import Source, accept

log = structlog.get_logger(__name__)

MAX_RECIPIENTS = 100
IDLE_SECONDS = 120
# RFC 5321 allows lines of 1,000 bytes; real mails have longer ones and are still wanted.
LINE_LIMIT = 1_000_000


class _SMTPDoor(SMTP):
    line_length_limit = LINE_LIMIT


class _LMTPDoor(LMTP):
    line_length_limit = LINE_LIMIT


class DoorHandler:
    """Takes what other mail servers hand over. Storing runs in one thread, so the protocol never waits for the disk."""

    def __init__(self, *, answers_per_recipient: bool) -> None:
        self.answers_per_recipient = answers_per_recipient  # LMTP (RFC 2033) wants one answer for each
        self.storing = ThreadPoolExecutor(max_workers=1, thread_name_prefix="door")

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name and arguments
        self, server: SMTP, session: Session, envelope: Envelope, address: str, rcpt_options: list[str]
    ) -> str:
        """Take mail for addresses of our inboxes only: the door relays nothing."""
        if len(envelope.rcpt_tos) >= MAX_RECIPIENTS:
            return "452 4.5.3 Too many recipients at once"
        try:
            inbox = await self._in_thread(inbox_of, address)
        except DatabaseError:
            log.exception("door_lookup_failed")
            return "451 4.3.0 Try again later"
        if inbox is None:
            return "550 5.1.1 No inbox has this address"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(rcpt_options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Store first, then say 250. What cannot be stored stays with the sender, who tries again."""
        content = envelope.original_content or b""
        try:
            await self._in_thread(store, content, envelope.mail_from or "", list(envelope.rcpt_tos))
            answer = "250 2.0.0 Stored"
        except (OSError, DatabaseError):
            log.exception("door_could_not_store")
            answer = "452 4.3.1 Could not be stored, try again later"
        return "\r\n".join([answer] * len(envelope.rcpt_tos)) if self.answers_per_recipient else answer

    async def _in_thread(self, function: Callable[..., Any], *arguments: object) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self.storing, function, *arguments)


def store(raw: bytes, sender: str, recipients: Sequence[str]) -> None:
    """Accept the mail once for each inbox it is addressed to. Raises OSError or DatabaseError: nothing may be lost."""
    inboxes = {inbox.pk: inbox for inbox in map(inbox_of, recipients) if inbox is not None}
    for inbox in inboxes.values():
        accept(raw, inbox=inbox, source=Source("door"), envelope=Handed(sender, recipients))


def run_door(stopping: threading.Event) -> None:
    """Serve the door named by RAPPORT_MAIL_DOOR until `stopping` is set. Raises OSError when the port is taken."""
    asyncio.run(_serve(stopping))


async def _serve(stopping: threading.Event) -> None:
    door = settings.ENVIRONMENT.mail_door
    if door is None:
        return
    is_lmtp = door.protocol == "lmtp"
    handler = DoorHandler(answers_per_recipient=is_lmtp)
    loop = asyncio.get_running_loop()

    def protocol() -> SMTP:
        kind = _LMTPDoor if is_lmtp else _SMTPDoor
        return kind(
            handler,
            data_size_limit=settings.ENVIRONMENT.max_message_bytes,
            enable_SMTPUTF8=True,
            ident="Rapport",
            timeout=IDLE_SECONDS,
            loop=loop,
        )

    server = await loop.create_server(protocol, door.host, door.port)
    log.info("door_open", protocol=door.protocol, host=door.host, port=door.port)
    async with server:
        await asyncio.to_thread(stopping.wait)
    handler.storing.submit(connections.close_all)
    handler.storing.shutdown()
