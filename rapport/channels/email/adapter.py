"""The e-mail adapter: mail in, mail out, and what mail can prove. Knows neither Django nor the database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rapport.channels.contract import Capabilities, Inbound, Outbound, Reader, Receipt, SignedReference, Signer
from rapport.channels.email import authenticating, references


class EmailAdapter:
    """E-mail as a channel kind."""

    kind = "email"
    capabilities = Capabilities(
        threads_by_reference=True,
        has_subject=True,
        has_copies=True,
        rich_text=True,
        can_bounce=True,
        automatic_replies=True,
    )

    def parse(self, raw: bytes) -> list[Inbound]:
        """One mail, whatever the bytes; never raises."""
        from rapport.channels.email.parsing.mail import parse_mail

        return [parse_mail(raw)]

    def judge_sender(self, inbound: Inbound, raw: bytes, *, trust: dict[str, Any]) -> str:
        """By the inbox's own server's Authentication-Results, or by a DKIM signature checked here if so set up."""
        return authenticating.judge(
            inbound,
            raw,
            authserv_id=str(trust.get("authserv_id") or ""),
            look_up=authenticating.look_up_in_dns if trust.get("check_dkim") else None,
        )

    def says_spam(self, inbound: Inbound, *, trust: dict[str, Any]) -> bool:
        """By the spam headers, where the inbox names its own server; a sender could write them too."""
        return bool(trust.get("authserv_id")) and authenticating.says_spam(inbound.spam_headers)

    def own_reference(self, inbound: Inbound, *, signer: Signer) -> SignedReference | None:
        """Read the mail's own Message-ID."""
        return references.read_message_id(inbound.message_id, ring=signer)

    def signed_references(self, inbound: Inbound, *, signer: Signer) -> list[SignedReference]:
        """Read In-Reply-To, References and the addresses it was sent to."""
        return references.read_all(inbound, ring=signer)

    def new_external_id(
        self, subject_id: int, *, purpose: str, address: str, signer: Signer, account_id: int | None = None
    ) -> str:
        """A Message-ID under the inbox's own domain."""
        domain = address.rpartition("@")[2] or "localhost"
        return references.make_message_id(
            subject_id, purpose=purpose, domain=domain, ring=signer, account_id=account_id
        )

    def reply_address(self, subject_id: int, *, address: str, signer: Signer, purpose: str = "c") -> str:
        """The address with a signed +tag."""
        return references.make_reply_address(address, subject_id, ring=signer, purpose=purpose)

    def parts(self, settings: dict[str, Any]) -> list[str]:
        """The folders to be fetched by IMAP; none when no server is set up."""
        imap = settings.get("imap") or {}
        return list(dict.fromkeys(imap.get("folders") or ["INBOX"])) if imap.get("host") else []

    def open_reader(
        self, settings: dict[str, Any], part: str, *, position: dict[str, Any], check: Callable[[], None]
    ) -> Reader:
        """An IMAP session with one folder. Raises FetchFailed."""
        from rapport.channels.email.folder_reading import FolderReader

        return FolderReader(settings, part, position, check=check)

    def file_sent(self, raw: bytes, settings: dict[str, Any]) -> None:
        """IMAP APPEND to the Sent folder. Raises SendFailed."""
        from rapport.channels.email.sending import append_to_sent

        append_to_sent(raw, settings)

    def send(self, message: Outbound, settings: dict[str, Any]) -> Receipt:
        """Compose and hand over by the inbox's transport. Raises SendFailed."""
        from rapport.channels.email.sending import send

        return send(message, settings)
