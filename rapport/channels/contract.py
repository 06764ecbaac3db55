"""What a channel kind promises to the core: its shapes, its capabilities, its two kinds of failure.

An adapter translates and never decides. It knows neither Django nor the database, so that it can run in the parse
child and be tested on bytes alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol


class InboundKind(StrEnum):
    """What an arriving message is, as far as its own bytes tell."""

    NORMAL = "normal"
    BOUNCE = "bounce"
    AUTO_REPLY = "auto_reply"
    FEEDBACK = "feedback"  # an abuse report (ARF, RFC 5965)


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox: `email` lower-cased, without brackets; `name` decoded, without line breaks, may be empty."""

    email: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """One attached file. `content` holds the decoded bytes; `cid` is the Content-ID without <>, or empty."""

    filename: str
    mime: str
    size: int
    sha256: str
    content: bytes = field(repr=False, default=b"")
    cid: str = ""
    inline: bool = False


@dataclass(frozen=True, slots=True)
class BounceReport:
    """What a delivery report says of one recipient. `status` is RFC 3463 (5.1.1), `code` the SMTP reply code.

    `recipient` is '' where the report names nobody.
    """

    recipient: str
    status: str
    code: int | None
    reason: str
    permanent: bool


@dataclass(slots=True)
class Inbound:
    """One arriving message, translated from its raw bytes; every field has a safe empty value.

    Ids stand without <>; `date` is aware UTC or None. `html` is already sanitised. `reply_text`, `quoted_text`,
    `signature` and `forwarded` are views over `text` for display; `text` stays whole.
    """

    sender: Address | None = None
    reply_to: list[Address] = field(default_factory=list)
    to: list[Address] = field(default_factory=list)
    cc: list[Address] = field(default_factory=list)
    envelope_hints: list[str] = field(default_factory=list)  # Delivered-To, X-Original-To, Envelope-To; lower case
    subject: str = ""
    message_id: str = ""
    in_reply_to: str = ""
    references: list[str] = field(default_factory=list)
    date: datetime | None = None
    text: str = ""
    html: str = ""
    reply_text: str = ""
    quoted_text: str = ""
    signature: str = ""
    forwarded: str = ""
    attachments: list[Attachment] = field(default_factory=list)
    kind: InboundKind = InboundKind.NORMAL
    bounce: list[BounceReport] = field(default_factory=list)
    returned_message_id: str = ""  # a bounce: the Message-ID of the message that came back, if the report shows it
    auto_submitted: bool = False  # RFC 3834 or a known equivalent says that no person wrote this
    bulk: bool = False  # list or newsletter (List-Id, Precedence: bulk/list)
    authentication_results: list[str] = field(default_factory=list)  # topmost first, unfolded
    spam_headers: dict[str, str] = field(default_factory=dict)  # lower-cased names, e.g. x-spam-flag
    suspicious_sender: bool = False  # several From headers, group syntax, hidden address: never authenticated
    content_key: str = ""  # sha256 hex over From, Message-ID, Date and body: the duplicate key of rulings.md
    problems: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Outbound:
    """One message to send, complete: what the customer will read, to whom, and under which identity.

    `message_id` is stable over retries, without <>. `inline` attachments are referred to by cid from `html`.
    """

    sender: Address
    to: list[Address]
    subject: str
    text: str
    html: str
    message_id: str
    date: datetime
    cc: list[Address] = field(default_factory=list)
    bcc: list[Address] = field(default_factory=list)
    reply_to: Address | None = None
    envelope_from: str = ""
    in_reply_to: str = ""
    references: list[str] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    envelope_to: list[str] = field(default_factory=list)  # empty: everybody in to, cc and bcc
    automatic: bool = False  # adds Auto-Submitted: auto-replied and X-Auto-Response-Suppress


@dataclass(frozen=True, slots=True)
class Refusal:
    """One recipient the other side would not take, in its own words. `code` is the SMTP reply code."""

    recipient: str
    code: int
    reason: str
    permanent: bool


@dataclass(frozen=True, slots=True)
class Receipt:
    """The other side took the message for every recipient but those in `refused`. `raw` is what was sent."""

    accepted: list[str]
    refused: list[Refusal]
    answer: str
    raw: bytes = field(repr=False, default=b"")


class SendFailed(Exception):
    """Nothing was accepted. `permanent`: never retry. `unknown`: it may have been accepted all the same.

    `unreachable`: the server itself did not answer or did not let us in, so nothing else would get through just now
    either; with a `code` it answered, and asking again soon would help nobody.
    """

    def __init__(
        self,
        reason: str,
        *,
        code: int | None = None,
        permanent: bool = False,
        unknown: bool = False,
        unreachable: bool = False,
    ) -> None:
        super().__init__(reason)
        self.unreachable = unreachable
        self.reason = reason
        self.code = code
        self.permanent = permanent
        self.unknown = unknown


class FetchFailed(Exception):
    """A fetch could not go on. `step` is one of resolve, connect, tls, login, folder, fetch."""

    def __init__(self, step: str, reason: str, *, permanent: bool = False) -> None:
        super().__init__(f"{step}: {reason}")
        self.step = step
        self.reason = reason
        self.permanent = permanent


@dataclass(frozen=True, slots=True)
class Fetched:
    """One arrival as it was read. `key` names it at its source; `historic`: it was there before the inbox was."""

    key: str
    raw: bytes = field(repr=False)
    historic: bool = False


class Reader(Protocol):
    """One session that reads one part of an inbox (for mail: a folder). Every method raises FetchFailed."""

    position: dict[str, Any]

    def arrivals(self) -> Iterator[Fetched]:
        """What is new, oldest first; `position` moves past one when the next is asked for, so keep it before that."""

    def present(self) -> list[str]:
        """The keys of everything that lies there since the chosen start of history."""

    def retry(self, keys: list[str]) -> None:
        """Read these again with the next arrivals."""

    def tidy(self, stored: Callable[[list[str]], set[str]]) -> int:
        """Do on the server what the set-up says with what is safely stored; how many."""

    def wait(self, seconds: float) -> bool:
        """Wait for news, at most so long; True when there may be some."""

    def close(self) -> None:
        """End the session; never raises."""


class Signer(Protocol):
    """What references need of the installation's key ring."""

    def sign(self, message: bytes, *, purpose: str) -> str: ...
    def verify(self, message: bytes, signature: str, *, purpose: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class SignedReference:
    """A reference in our form that came back. `valid`: its signature is ours; else it was forged or broken on its way.

    `purpose`: reply, ack, notify, note, question (the subject is a message) or c (the subject is a conversation).
    `account_id` is set where one colleague is addressed.
    """

    purpose: str
    subject_id: int
    account_id: int | None
    valid: bool


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a channel kind can do, so that the core never asks for its name."""

    threads_by_reference: bool
    has_subject: bool
    has_copies: bool
    rich_text: bool
    can_bounce: bool
    automatic_replies: bool


class Adapter(Protocol):
    """The contract of a channel kind."""

    kind: str
    capabilities: Capabilities

    def parse(self, raw: bytes) -> list[Inbound]:
        """Translate raw bytes; never raises: what cannot be read is said in `problems`."""

    def judge_sender(self, inbound: Inbound, raw: bytes, *, trust: dict[str, Any]) -> str:
        """`authenticated`, `claimed` or `failed`. `trust`: what the inbox's set-up lets count. May look up the DNS."""

    def says_spam(self, inbound: Inbound, *, trust: dict[str, Any]) -> bool:
        """Whether the inbox's own server marked the message as spam."""

    def own_reference(self, inbound: Inbound, *, signer: Signer) -> SignedReference | None:
        """The reference the message itself carries as its id, when it is one of ours that came back."""

    def signed_references(self, inbound: Inbound, *, signer: Signer) -> list[SignedReference]:
        """References in our form that the message answers, nearest first, valid or not."""

    def new_external_id(
        self, subject_id: int, *, purpose: str, address: str, signer: Signer, account_id: int | None = None
    ) -> str:
        """A signed outside id for a message that leaves through the inbox with this address."""

    def reply_address(self, subject_id: int, *, address: str, signer: Signer, purpose: str = "c") -> str:
        """A signed address under the inbox's own, which leads answers to the conversation (`c`) or question (`ask`)."""

    def parts(self, settings: dict[str, Any]) -> list[str]:
        """What is read by a reader each (for mail: folders); empty where nothing is fetched."""

    def open_reader(
        self, settings: dict[str, Any], part: str, *, position: dict[str, Any], check: Callable[[], None]
    ) -> Reader:
        """Begin a session. `check` is called at least every few seconds and may raise to stop. Raises FetchFailed."""

    def file_sent(self, raw: bytes, settings: dict[str, Any]) -> None:
        """Put a copy of what was sent into the account's Sent folder. Raises SendFailed."""

    def send(self, message: Outbound, settings: dict[str, Any]) -> Receipt:
        """Hand the message over. Raises SendFailed."""
