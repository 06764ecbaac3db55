"""The mail door: LMTP or SMTP for forwarding from any mail server. 250 means: fsynced and committed."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import structlog
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings
from django.db import DatabaseError, connections

from rapport.channels.listing import inbox_of
from rapport.intake.accepting import BYTES_TOGETHER, TOGETHER, Arriving, Source, accept_all
from rapport.intake.accepting import Envelope as Handed

log = structlog.get_logger(__name__)

MAX_RECIPIENTS = 100
IDLE_SECONDS = 120
# RFC 5321 allows lines of 1,000 bytes; real mails have longer ones and are still wanted.
LINE_LIMIT = 1_000_000


class _SMTPDoor(SMTP):
    line_length_limit = LINE_LIMIT


class _LMTPDoor(LMTP):
    line_length_limit = LINE_LIMIT


@dataclass(slots=True)
class _Mail:
    """A mail whose sender waits to hear that it is stored; `error` says why it is not."""

    raw: bytes
    sender: str
    recipients: list[str]
    error: Exception | None = None


class DoorHandler:
    """Takes what other mail servers hand over. Storing runs in one thread, so the protocol never waits for the disk.

    What comes while the thread is busy is stored by its next turn, all at once; nobody waits for others to come.
    """

    def __init__(self, *, answers_per_recipient: bool) -> None:
        self.answers_per_recipient = answers_per_recipient  # LMTP (RFC 2033) wants one answer for each
        self._waiting: deque[_Mail] = deque()
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
        mail = _Mail(envelope.original_content or b"", envelope.mail_from or "", list(envelope.rcpt_tos))
        self._waiting.append(mail)
        # Each mail has a turn of its own, and each turn takes at least the first of them: by the end of its own turn at
        # the latest a mail has been taken.
        await self._in_thread(self._store_waiting)
        answer = "452 4.3.1 Could not be stored, try again later" if mail.error else "250 2.0.0 Stored"
        return "\r\n".join([answer] * len(envelope.rcpt_tos)) if self.answers_per_recipient else answer

    def _store_waiting(self) -> None:
        """Store those that wait, the first ones at least. What fails together is tried one by one, so that nobody's
        mail is refused because of another's."""
        mails: list[_Mail] = []
        size = 0
        while self._waiting and len(mails) < TOGETHER and (not mails or size < BYTES_TOGETHER):
            mails.append(self._waiting.popleft())
            size += len(mails[-1].raw)
        if len(mails) > 1:
            try:
                store(mails)
                return
            except Exception:  # whatever it was: it must not pass for an answer to those who wait
                log.exception("door_could_not_store_together", count=len(mails))
        for mail in mails:
            try:
                store([mail])
            except Exception as error:  # said to its sender, who keeps it
                log.exception("door_could_not_store")
                mail.error = error

    async def _in_thread(self, function: Callable[..., Any], *arguments: object) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self.storing, function, *arguments)


def store(mails: Sequence[_Mail]) -> None:
    """Accept each once for each inbox it is addressed to. Raises OSError or DatabaseError: nothing may be lost."""
    arrivals = []
    for mail in mails:
        inboxes = {inbox.pk: inbox for inbox in map(inbox_of, mail.recipients) if inbox is not None}
        envelope = Handed(mail.sender, mail.recipients)
        arrivals += [Arriving(mail.raw, inbox, Source("door"), envelope) for inbox in inboxes.values()]
    accept_all(arrivals)


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
