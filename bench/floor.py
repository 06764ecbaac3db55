"""The floor under intake: the same durable work without a product, in one process.

Each mail is parsed by the standard library (compat32), its raw bytes and attachments are written as files and fsynced
as the product does, and the same rows go into the same tables of the same schema, straight by the driver, with one
commit a mail. Nothing is looked up, sanitised, split or checked.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr
from pathlib import Path
from typing import Any

from bench import rows
from bench.corpus import Mail, generate
from bench.report import processor_seconds
from rapport.kit.durable import fsync_dir, write_durably

WARM_UP = 40


class Floor:
    """One mail after the other, remembering in memory what the product looks up in its database."""

    def __init__(self, home: Path, database: rows.Rows, inbox: int) -> None:
        self.home, self.rows, self.inbox = home, database, inbox
        self.customers: dict[str, tuple[int, int | None]] = {}
        self.organisations: dict[str, int] = {}
        self.threads: dict[str, int] = {}
        self.indexed = 0

    def take(self, mail: Mail) -> None:
        """Store one mail: files, rows, commit."""
        raw_sha256 = self._store(mail.raw)
        parsed = message_from_bytes(mail.raw)
        name, email = parseaddr(_readable(parsed["From"]))
        subject = _readable(parsed["Subject"])
        text, html, files = _contents(parsed)
        now = rows.now()
        customer, organisation = self._customer(name, email, now)
        conversation = self.threads.get(mail.thread) or self._conversation(mail, subject, customer, organisation, now)
        message = self.rows.insert(
            "conversations_message", conversation_id=conversation, kind="customer", state="done", customer_id=customer,
            sender_name=name, sender_email=email, subject=subject, text=text, html=html, reply_text=text,
            external_id=mail.message_id, raw_sha256=raw_sha256, sender_check="claimed", at=now,
            attachment_count=len(files),
        )  # fmt: skip
        for filename, mime, content in files:
            self._attach(filename, mime, content, message=message, conversation=conversation, now=now)
        self._event("message.received", message, conversation, now)
        self.rows.insert(
            "conversations_reference", key=_key(mail.message_id), message_id=message, conversation_id=conversation
        )
        content_key = hashlib.sha256(email.encode() + mail.message_id.encode() + text.encode()).hexdigest()
        self.rows.insert(
            "intake_fingerprint", content_key=content_key, conversation_id=conversation, message_id=message, created_at=now
        )  # fmt: skip
        self._index(f"{subject} {conversation} {name} {email} {text}")
        self.rows.insert(
            "intake_rawmessage", inbox_id=self.inbox, sha256=raw_sha256, size=len(mail.raw), source="door",
            state="processed", conversation_id=conversation, message_id=message, processed_at=now,
        )  # fmt: skip
        self.rows.commit()

    def _conversation(self, mail: Mail, subject: str, customer: int, organisation: int | None, now: str) -> int:
        conversation = self.rows.insert(
            "conversations_conversation", subject=subject, preview=subject, status="open", channel="email",
            inbox_id=self.inbox, customer_id=customer, organisation_id=organisation, created_at=now, message_count=1,
            priority=1, first_customer_message_at=now, last_customer_message_at=now, last_message_at=now,
        )  # fmt: skip
        self.threads[mail.thread] = conversation
        self._event("conversation.opened", conversation, conversation, now)
        self.rows.insert(
            "conversations_participant", conversation_id=conversation, customer_id=customer, email=mail.sender,
            role="requester",
        )  # fmt: skip
        return conversation

    def _customer(self, name: str, email: str, now: str) -> tuple[int, int | None]:
        if email not in self.customers:
            organisation = self._organisation(email.partition("@")[2], now)
            customer = self.rows.insert("people_customer", name=name, organisation_id=organisation, created_at=now)
            self.rows.insert("people_customeraddress", customer_id=customer, email=email, created_at=now)
            self._event("customer.created", customer, None, now)
            self.rows.put_terms("search_customer_words", [(customer, _terms(f"{name} {email}"))])
            self.customers[email] = customer, organisation
        return self.customers[email]

    def _organisation(self, domain: str, now: str) -> int | None:
        if not domain.endswith(".example"):
            return None
        if domain not in self.organisations:
            organisation = self.rows.insert("people_organisation", name=domain, created_at=now)
            self.rows.insert("people_organisationdomain", organisation_id=organisation, domain=domain)
            self.organisations[domain] = organisation
        return self.organisations[domain]

    def _attach(self, filename: str, mime: str, content: bytes, *, message: int, conversation: int, now: str) -> None:
        sha256 = self._store(content)
        stored = self.rows.insert("files_storedfile", sha256=sha256, size=len(content), created_at=now)
        self.rows.insert(
            "files_attachment", stored_id=stored, conversation_id=conversation, message_id=message, filename=filename,
            mime=mime, created_at=now,
        )  # fmt: skip

    def _event(self, kind: str, subject: int, conversation: int | None, now: str) -> None:
        self.rows.insert("events_event", kind=kind, subject_id=subject, conversation_id=conversation, at=now, data="{}")

    def _index(self, text: str) -> None:
        # The product adds the words of an answer to those of its conversation; here each mail gets a row of its own.
        self.indexed += 1
        self.rows.put_terms("search_words", [(self.indexed, _terms(text))])

    def _store(self, data: bytes) -> str:
        sha256 = hashlib.sha256(data).hexdigest()
        target = self.home / "files" / sha256[:2] / sha256
        if not target.parent.is_dir():
            target.parent.mkdir(parents=True)
            fsync_dir(target.parent.parent)
        write_durably(target, data)
        return sha256


def _contents(parsed: Message) -> tuple[str, str, list[tuple[str, str, bytes]]]:
    """Text, HTML and files of a mail, decoded."""
    text = html = ""
    files: list[tuple[str, str, bytes]] = []
    for part in parsed.walk():
        if part.is_multipart():
            continue
        content = part.get_payload(decode=True)
        data = content if isinstance(content, bytes) else b""
        if part.get_filename():
            files.append((part.get_filename() or "", part.get_content_type(), data))
        elif part.get_content_subtype() == "html":
            html = data.decode(part.get_content_charset() or "utf-8", "replace")
        else:
            text = data.decode(part.get_content_charset() or "utf-8", "replace")
    return text, html, files


def _readable(value: Any) -> str:
    return str(make_header(decode_header(str(value or ""))))


def _terms(text: str) -> str:
    return " ".join(set("".join(char if char.isalnum() else " " for char in text.lower()).split()))


def _key(message_id: str) -> str:
    return hashlib.sha256(message_id.encode()).hexdigest()[:40]


def main(home: str, database_url: str, inbox: str, count: str, seed: str) -> None:
    """Take `count` mails after a warm-up; prints the seconds and the processor time they took."""
    floor = Floor(Path(home), rows.connect(Path(home), database_url), int(inbox))
    mails = list(generate(WARM_UP + int(count), seed=int(seed)))
    for mail in mails[:WARM_UP]:
        floor.take(mail)
    started, spent = time.perf_counter(), processor_seconds(os.getpid())
    for mail in mails[WARM_UP:]:
        floor.take(mail)
    cpu = processor_seconds(os.getpid()) - spent
    print(json.dumps({"seconds": time.perf_counter() - started, "cpu": cpu}))


if __name__ == "__main__":
    main(*sys.argv[1:])
