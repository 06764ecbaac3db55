"""The floor under intake: the same durable work without a product, in one process.

Each mail is parsed by the standard library (compat32), its raw bytes and attachments are written as files and fsynced
as the product does, and the same rows go into the same tables of the same schema, straight by the driver, with one
commit a mail. Nothing is looked up, sanitised, split or checked.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr
from pathlib import Path
from typing import Any, Protocol

import psycopg

from bench.corpus import Mail, generate
from bench.report import processor_seconds
from rapport.kit.durable import fsync_dir, write_durably

WARM_UP = 40


class Rows(Protocol):
    """A database by its driver: insert a row by name, commit."""

    def insert(self, table: str, **columns: object) -> int: ...
    def put_terms(self, table: str, subject: int, terms: Sequence[str]) -> None: ...
    def commit(self) -> None: ...


class SQLiteRows:
    """sqlite3 with the product's own pragmas."""

    def __init__(self, path: Path) -> None:
        self.connection = sqlite3.connect(path, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "temp_store=MEMORY", "cache_size=-8000"):
            self.connection.execute(f"PRAGMA {pragma}")
        self.defaults: dict[str, dict[str, object]] = {}
        self.statements: dict[str, str] = {}
        self.open = False

    def insert(self, table: str, **columns: object) -> int:
        if table not in self.statements:
            self._learn(table)
        self._begin()
        values = {**self.defaults[table], **columns}
        return self.connection.execute(self.statements[table], list(values.values())).lastrowid or 0

    def put_terms(self, table: str, subject: int, terms: Sequence[str]) -> None:
        self._begin()
        self.connection.execute(f"INSERT INTO {table} (rowid, terms) VALUES (?, ?)", (subject, " ".join(terms)))

    def commit(self) -> None:
        self.connection.execute("COMMIT")
        self.open = False

    def _begin(self) -> None:
        if not self.open:
            self.connection.execute("BEGIN IMMEDIATE")
            self.open = True

    def _learn(self, table: str) -> None:
        info = self.connection.execute(f"PRAGMA table_info({table})").fetchall()
        columns = [(name, kind) for _, name, kind, _, _, _ in info if name != "id"]
        required = {name: not_null for _, name, _, not_null, _, _ in info}
        self.defaults[table] = {name: _default(kind) if required[name] else None for name, kind in columns}
        places = ", ".join("?" * len(columns))
        names = ", ".join(f'"{name}"' for name, _ in columns)
        self.statements[table] = f"INSERT INTO {table} ({names}) VALUES ({places})"


class PostgreSQLRows:
    """psycopg with the server's own durability."""

    def __init__(self, url: str) -> None:
        self.connection = psycopg.connect(url)
        self.defaults: dict[str, dict[str, object]] = {}
        self.statements: dict[str, str] = {}

    def insert(self, table: str, **columns: object) -> int:
        if table not in self.statements:
            self._learn(table)
        values = {**self.defaults[table], **columns}
        found = self.connection.execute(self.statements[table].encode(), list(values.values())).fetchone()
        return int(found[0]) if found else 0

    def put_terms(self, table: str, subject: int, terms: Sequence[str]) -> None:
        statement = f"INSERT INTO {table} (id, terms) VALUES (%s, array_to_tsvector(%s))"
        self.connection.execute(statement.encode(), (subject, list(terms)))

    def commit(self) -> None:
        self.connection.commit()

    def _learn(self, table: str) -> None:
        info = self.connection.execute(
            "SELECT column_name, data_type, is_nullable FROM information_schema.columns "
            "WHERE table_schema = 'public' AND table_name = %s AND column_name <> 'id' ORDER BY ordinal_position",
            (table,),
        ).fetchall()
        self.defaults[table] = {name: None if nullable == "YES" else _default(kind) for name, kind, nullable in info}
        names = ", ".join(f'"{name}"' for name, _, _ in info)
        places = ", ".join("%s::jsonb" if kind == "jsonb" else "%s" for _, kind, _ in info)
        self.statements[table] = f"INSERT INTO {table} ({names}) VALUES ({places}) RETURNING id"


def _default(kind: str) -> object:
    kind = kind.lower()
    if "json" in kind or kind == "text":
        return "[]"
    if "bool" in kind:
        return False
    if "int" in kind:
        return 0
    return _now() if "time" in kind else ""


class Floor:
    """One mail after the other, remembering in memory what the product looks up in its database."""

    def __init__(self, home: Path, rows: Rows, inbox: int) -> None:
        self.home, self.rows, self.inbox = home, rows, inbox
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
        now = _now()
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
            self.rows.put_terms("search_customer_words", customer, _terms(f"{name} {email}"))
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
        self.rows.put_terms("search_words", self.indexed, _terms(text))

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


def _terms(text: str) -> list[str]:
    return sorted(set("".join(char if char.isalnum() else " " for char in text.lower()).split()))


def _key(message_id: str) -> str:
    return hashlib.sha256(message_id.encode()).hexdigest()[:40]


def _now() -> str:
    return datetime.now(UTC).isoformat(sep=" ")


def main(home: str, database_url: str, inbox: str, count: str, seed: str) -> None:
    """Take `count` mails after a warm-up; prints the seconds and the processor time they took."""
    rows: Rows = PostgreSQLRows(database_url) if database_url else SQLiteRows(Path(home) / "rapport.sqlite3")
    floor = Floor(Path(home), rows, int(inbox))
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
