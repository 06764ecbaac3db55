"""Sending an e-mail by the inbox's transport: a real server, or the practice folder that stands in for one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rapport.channels.contract import FetchFailed, Outbound, Receipt, Refusal, SendFailed
from rapport.channels.email import folder_transport
from rapport.channels.email.composing import UnusableAddress, UnusableMessageId, compose, recipients, usable_email
from rapport.channels.email.reaching import StepFailed, read_server
from rapport.channels.email.smtp import SmtpLine


def send(message: Outbound, settings: dict[str, Any]) -> Receipt:
    """Compose and hand over. `settings`: see channels.connecting; `envelope_to`, when given, gets it and nobody else.

    Raises SendFailed: permanent for a 5xx answer or a message that cannot be mail, unknown when the answer to the
    whole message never came, else temporary.
    """
    try:
        raw = compose(message)
        given = {usable_email(one): one for one in message.envelope_to} or {one: one for one in recipients(message)}
        sender = usable_email(message.envelope_from or message.sender.email)
    except (UnusableAddress, UnusableMessageId) as error:
        raise SendFailed(f"{error}", permanent=True) from error
    if not given:
        raise SendFailed("The message has no recipient.", permanent=True)
    if settings.get("transport", "smtp") == "folder":
        return _by_folder(message, raw, sender=sender, given=given, settings=settings)
    return _by_smtp(raw, sender=sender, given=given, settings=settings)


def append_to_sent(raw: bytes, settings: dict[str, Any]) -> None:
    """Put a copy into the mailbox's Sent folder, once however often it is called. Raises SendFailed.

    Nothing to do where no mailbox is connected.
    """
    if settings.get("transport", "smtp") == "folder" or not (settings.get("imap") or {}).get("host"):
        return
    from rapport.channels.email.imap import Mailbox

    try:
        with Mailbox.open(settings) as mailbox:
            mailbox.file_sent(str(settings.get("sent_folder") or "Sent"), raw)
    except FetchFailed as failure:
        shut = failure.step in ("resolve", "connect", "tls", "login")
        raise SendFailed(str(failure), permanent=failure.permanent and not shut, unreachable=shut) from failure


def _by_folder(
    message: Outbound, raw: bytes, *, sender: str, given: dict[str, str], settings: dict[str, Any]
) -> Receipt:
    folder = settings.get("practice_folder")
    if not folder:
        raise SendFailed("No practice folder is set up.", permanent=True)
    path = folder_transport.deliver(
        raw, sender=sender, recipients=list(given), message_id=message.message_id, folder=Path(folder)
    )
    return Receipt(accepted=list(given.values()), refused=[], answer=f"Written to {path.name}", raw=raw)


def _by_smtp(raw: bytes, *, sender: str, given: dict[str, str], settings: dict[str, Any]) -> Receipt:
    try:
        server = read_server(settings, "smtp")
    except StepFailed as failure:
        raise SendFailed(failure.reason, permanent=failure.permanent) from failure
    headers = raw.partition(b"\r\n\r\n")[0]
    international = not (headers.isascii() and sender.isascii() and all(one.isascii() for one in given))
    with SmtpLine(server) as line:
        handed = line.hand_over(raw, sender=sender, recipients=list(given), international=international)
    return Receipt(
        accepted=[given[one] for one in handed.accepted],
        refused=[Refusal(given[one.recipient], one.code, one.reason, one.permanent) for one in handed.refused],
        answer=handed.answer,
        # What nobody took was not sent: no copy of it belongs into the Sent folder.
        raw=raw if handed.accepted else b"",
    )
