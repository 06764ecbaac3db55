"""Fetching: one supervised thread for each part of each active inbox, so that none waits for another.

A thread leases its part, reads mail by mail, and moves on only past what is safely stored. Whatever breaks is written
down in plain words and tried again, at most a minute later.
"""

from __future__ import annotations

import copy
import hashlib
import json
import random
import threading
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from django.db import close_old_connections, connections

from rapport.channels import reading
from rapport.channels.connecting import transport_settings
from rapport.channels.contract import FetchFailed, Reader
from rapport.channels.models import Cursor, Inbox
from rapport.channels.registry import adapter_for
from rapport.channels.secrets import read_secrets
from rapport.intake.accepting import Source, accept
from rapport.intake.models import RawMessage
from rapport.kit import clock, owning
from rapport.kit.secrets import SecretUnreadable
from rapport.people import installing

log = structlog.get_logger(__name__)

SOURCE = "imap"
SAVE_EVERY = 20
STOP_SECONDS = 3.0
_KEYS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Pace:
    """How often things happen, in seconds; tests are in a hurry."""

    look: float = 5.0  # for new, changed and removed inboxes
    wait: float = 40.0  # for news in one go: then the folder is looked at anyway, and a dead line is noticed
    renew: float = 10.0  # and how often a lease that somebody else holds is asked for
    count: float = 600.0
    first_retry: float = 5.0
    last_retry: float = 55.0
    last_hopeless: float = 300.0  # a wrong password: trying often would only lock the account

    def pause(self, failures: int, *, hopeless: bool = False) -> float:
        """How long to wait after so many failures in a row, with jitter."""
        longest = self.last_hopeless if hopeless else self.last_retry
        pause = min(longest, self.first_retry * 2.0 ** min(failures - 1, 10))
        return pause * random.uniform(0.8, 1.0)  # noqa: S311 - spreads load, protects nothing


class Stopped(Exception):
    """The thread is to end."""


class LeaseLost(Exception):
    """Somebody else reads this part now."""


@dataclass
class _Loop:
    """The thread of one part of an inbox as it was set up."""

    inbox_id: int
    part: str
    setup: str
    pace: Pace
    stop: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread | None = None

    def start(self) -> None:
        name = f"fetch-{self.inbox_id}-{self.part}"
        self.thread = threading.Thread(target=self._run, daemon=True, name=name)
        self.thread.start()

    def is_alive(self) -> bool:
        return self.thread is not None and self.thread.is_alive()

    def _run(self) -> None:
        try:
            PartLoop(self.inbox_id, self.part, self.stop, self.pace).run()
        except Exception:
            log.exception("fetch_loop_broke", inbox=self.inbox_id, part=self.part)
        finally:
            connections.close_all()


def run_loops(stopping: threading.Event, pace: Pace | None = None) -> None:
    """Read every active inbox until `stopping` is set; then return within STOP_SECONDS."""
    pace = pace or Pace()
    loops: dict[tuple[int, str], _Loop] = {}
    try:
        while not stopping.is_set():
            close_old_connections()
            _adjust(loops, wanted_parts(), pace)
            connections.close_all()
            stopping.wait(pace.look)
    finally:
        _end(list(loops.values()))


def wanted_parts() -> dict[tuple[int, str], str]:
    """What is to be read: (inbox id, part) and a digest of the set-up, which changes when a person changes it.

    Nothing in a restored copy on hold: the original may still read, move and delete the same mails.
    """
    wanted: dict[tuple[int, str], str] = {}
    if installing.is_held():
        return wanted
    for inbox in reading.readable_inboxes():
        parts = adapter_for(inbox.kind).parts(inbox.settings)
        reading.forget_others(inbox, parts)
        for part in parts:
            wanted[inbox.pk, part] = _digest(inbox)
    return wanted


def _adjust(loops: dict[tuple[int, str], _Loop], wanted: dict[tuple[int, str], str], pace: Pace) -> None:
    """Start what is missing or has died, end what is gone or changed. A changed one starts when the old has ended."""
    for key, loop in list(loops.items()):
        if wanted.get(key) != loop.setup:
            loop.stop.set()
        if not loop.is_alive():
            del loops[key]
    for key, setup in wanted.items():
        if key not in loops:
            loops[key] = _Loop(*key, setup, pace)
            loops[key].start()


def _end(loops: list[_Loop]) -> None:
    for loop in loops:
        loop.stop.set()
    deadline = clock.monotonic() + STOP_SECONDS
    for loop in loops:
        if loop.thread is not None:
            loop.thread.join(max(0.0, deadline - clock.monotonic()))


def _digest(inbox: Inbox) -> str:
    """Changes with settings and passwords; a refreshed token is no change."""
    try:
        secrets = read_secrets(inbox)
        secrets["oauth"] = (secrets.get("oauth") or {}).get("client_secret", "")
    except SecretUnreadable:
        secrets = {"unreadable": True}
    told = json.dumps([inbox.settings, secrets, inbox.kind], sort_keys=True, default=str)
    return hashlib.sha256(told.encode()).hexdigest()


class PartLoop:
    """Reads one part again and again, until told to stop."""

    def __init__(self, inbox_id: int, part: str, stop: threading.Event, pace: Pace) -> None:
        self.inbox_id = inbox_id
        self.part = part
        self.stop = stop
        self.pace = pace
        self.failures = 0
        self._cursor: Cursor | None = None
        self._renew_at = 0.0

    def run(self) -> None:
        """Sessions one after another, with a growing pause after each that failed."""
        while not self.stop.is_set():
            close_old_connections()
            try:
                pause = self._one_session()
            except Stopped:
                break
            finally:
                self._let_go()
                connections.close_all()
            self.stop.wait(pause)

    def _one_session(self) -> float:
        """Read until something breaks; how long to pause then. Raises Stopped."""
        inbox = Inbox.objects.filter(pk=self.inbox_id, is_active=True).first()
        if inbox is None:
            raise Stopped
        cursor = reading.lease(inbox, self.part, by=owning.this_process())
        if cursor is None:
            return self.pace.renew
        self._cursor, self._renew_at = cursor, clock.monotonic() + self.pace.renew
        try:
            self._read(inbox, cursor)
        except LeaseLost:
            return self.pace.renew
        except Stopped:
            raise
        except FetchFailed as failure:
            return self._failed(cursor, str(failure), hopeless=failure.permanent)
        except SecretUnreadable as error:
            return self._failed(cursor, str(error), hopeless=True)
        except Exception as error:
            # A full disk or a lost database: the mail stays on the server, so nothing is lost by trying again.
            log.exception("fetch_session_broke", inbox=self.inbox_id, part=self.part)
            return self._failed(cursor, f"{type(error).__name__}: {error}", hopeless=False)
        return 0.0

    def _read(self, inbox: Inbox, cursor: Cursor) -> None:
        """One session: read what is new, tidy up, count, wait for more. Ends only by an exception."""
        adapter = adapter_for(inbox.kind)
        reader = adapter.open_reader(transport_settings(inbox), self.part, position=cursor.position, check=self._check)
        try:
            count_at = 0.0
            while True:
                count_at = self._round(inbox, cursor, reader, count_at)
                self.failures = 0
                connections.close_all()
                reader.wait(self.pace.wait)
        finally:
            reader.close()

    def _round(self, inbox: Inbox, cursor: Cursor, reader: Reader, count_at: float) -> float:
        """Everything that is there now; when to count next."""
        stored = take_in(inbox, cursor, reader)
        counting = clock.monotonic() >= count_at
        if stored or counting:
            reader.tidy(lambda keys: stored_keys(inbox, keys))
        if counting:
            self._count(inbox, cursor, reader)
            missed = take_in(inbox, cursor, reader)
            reading.count_more(cursor, server=0, stored=missed)
        else:
            reading.count_more(cursor, server=stored, stored=stored)
        reading.note_success(cursor, trouble=_trouble(reader))
        return clock.monotonic() + self.pace.count if counting else count_at

    def _count(self, inbox: Inbox, cursor: Cursor, reader: Reader) -> None:
        """Compare server and store; what should be here and is not is read again."""
        keys = reader.present()
        stored = stored_keys(inbox, keys)
        reader.retry([key for key in keys if key not in stored])
        reading.note_counts(cursor, server=len(keys), stored=len(stored))

    def _check(self) -> None:
        """Called by the reader every second or so. Raises Stopped, LeaseLost."""
        if self.stop.is_set():
            raise Stopped
        if self._cursor is not None and clock.monotonic() >= self._renew_at:
            self._renew_at = clock.monotonic() + self.pace.renew
            if not reading.renew(self._cursor):
                raise LeaseLost
            connections.close_all()

    def _failed(self, cursor: Cursor, reason: str, *, hopeless: bool) -> float:
        self.failures += 1
        pause = self.pace.pause(self.failures, hopeless=hopeless)
        reading.note_failure(cursor, reason, next_try_at=clock.now() + timedelta(seconds=pause))
        return pause

    def _let_go(self) -> None:
        """Give the lease back; never in the way of what is going on."""
        cursor, self._cursor = self._cursor, None
        if cursor is None:
            return
        try:
            reading.release(cursor)
        except Exception:
            log.exception("lease_not_released", inbox=self.inbox_id, part=self.part)


def take_in(inbox: Inbox, cursor: Cursor, reader: Reader) -> int:
    """Accept what is new, one by one; how many were new here. The cursor never runs ahead of what is stored.

    Raises FetchFailed, and whatever `accept` raises; what came before is remembered.
    """
    stored = unsaved = 0
    try:
        for fetched in reader.arrivals():
            row = accept(fetched.raw, inbox=inbox, source=Source(SOURCE, fetched.key, fetched.historic))
            stored += row is not None
            unsaved += 1
            if unsaved >= SAVE_EVERY:
                # The reader still stands before the mail just stored: at worst that one is read once more.
                reading.advance(cursor, copy.deepcopy(reader.position), read=unsaved)
                unsaved = 0
    finally:
        if unsaved or reader.position != cursor.position:
            reading.advance(cursor, copy.deepcopy(reader.position), read=unsaved)
    return stored


def stored_keys(inbox: Inbox, keys: list[str]) -> set[str]:
    """Which of these arrivals are stored."""
    found: set[str] = set()
    for start in range(0, len(keys), _KEYS_AT_ONCE):
        rows = RawMessage.objects.filter(inbox=inbox, source=SOURCE, source_key__in=keys[start : start + _KEYS_AT_ONCE])
        found.update(key for key in rows.values_list("source_key", flat=True) if key)
    return found


def _trouble(reader: Reader) -> str:
    """What to tell about single mails that could not be read."""
    passed_over = reader.position.get("trouble") or {}
    if not passed_over:
        return ""
    return f"{len(passed_over)} mail(s) on the server cannot be read; this is tried again every few minutes."
