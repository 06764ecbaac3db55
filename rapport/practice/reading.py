"""Reading as a customer: what they sent and what they received, from the real mails."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from rapport.channels.contract import Inbound
from rapport.files import storing
from rapport.intake.models import RawMessage

_SHOWN = 40
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail in a customer's mailbox. `answer_to`: the Message-ID that an answer to it must name."""

    is_sent: bool
    inbound: Inbound

    @property
    def answer_to(self) -> str:
        return self.inbound.message_id

    @property
    def at(self) -> datetime:
        return self.inbound.date or _LONG_AGO


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Somebody one can write as."""

    key: str
    name: str
    email: str


def letters(email: str) -> list[Letter]:
    """The newest mails of one customer, sent and received, newest first."""
    found = [*_received(email), *_sent(email)]
    return sorted(found, key=lambda letter: letter.at, reverse=True)[:_SHOWN]


def _parsed(raw: bytes) -> Inbound:
    # Imported here: the parser's patterns take a tenth of the product's start, and few installations practise.
    from rapport.channels.email.parsing.mail import parse_mail

    return parse_mail(raw)


def _received(email: str) -> list[Letter]:
    """From the stand-in's folders: mails whose envelope names the customer."""
    folder: Path = settings.ENVIRONMENT.home / "practice"
    found = []
    for envelope in folder.glob("*/*.json"):
        mail = envelope.with_suffix(".eml")
        if email in json.loads(envelope.read_text("utf-8"))["to"] and mail.exists():
            found.append(Letter(is_sent=False, inbound=_parsed(mail.read_bytes())))
    return found


def _sent(email: str) -> list[Letter]:
    rows = RawMessage.objects.filter(source="practice", envelope_from=email).order_by("-pk")[:_SHOWN]
    return [Letter(is_sent=True, inbound=_parsed(storing.read(row.sha256))) for row in rows]
