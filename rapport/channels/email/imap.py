"""One session with an IMAP server (RFC 9051): opened by the guard, every answer bounded in time and size.

Reading never changes the mailbox: bodies are fetched by BODY.PEEK, so no mail is marked as seen. Every method raises
FetchFailed with the step that went wrong; after one the session is over, except where `is_alive` still holds.
"""

from __future__ import annotations

import imaplib
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from imapclient.exceptions import IMAPClientError

from rapport.channels.contract import FetchFailed
from rapport.channels.email.imap_line import CHUNK, ImapLine, greet, log_in
from rapport.channels.email.reaching import StepFailed, explain, read_server

BATCH = 200
LONGEST_HEADER = 256 * 1024
_SLICE = 1.0
_NO_USE_TO_RETRY = ("[AUTHENTICATIONFAILED]", "[AUTHORIZATIONFAILED]", "[EXPIRED]")


@dataclass(frozen=True, slots=True)
class Folder:
    """A selected folder as the server describes it."""

    name: str
    uidvalidity: int
    uidnext: int
    exists: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a mail before it is read. `size` is the server's claim in bytes."""

    size: int
    arrived: datetime | None


def nobody_stops() -> None:
    """The check of a caller who waits to the end."""


class Mailbox:
    """A logged-in session. Use as a context manager."""

    def __init__(self, client: ImapLine) -> None:
        self._client = client
        self._folder = ""
        self.is_alive = True

    @classmethod
    def open(cls, settings: dict[str, Any], *, limit: int = CHUNK) -> Mailbox:
        """Connect, encrypt and log in as the inbox's settings say; `limit`: the largest single answer in bytes.

        Raises FetchFailed (resolve, connect, tls, login).
        """
        with _naming("connect"):
            server = read_server(settings, "imap")
            client = greet(server, limit=limit)
        mailbox = cls(client)
        try:
            with _naming("login"):
                log_in(client, server)
        except BaseException:
            mailbox.close()
            raise
        return mailbox

    def __enter__(self) -> Mailbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Say goodbye, or just leave when the server does not answer at once."""
        self._client.leave()

    def folders(self) -> list[str]:
        """The names of all folders."""
        with self._step("folder"):
            return [str(name) for _flags, _delimiter, name in self._client.list_folders()]

    def select(self, name: str, *, writable: bool = False) -> Folder:
        """Open a folder, read-only unless something is to be moved or deleted there."""
        with self._step("folder"):
            answer = self._client.select_folder(name, readonly=not writable)
            if not answer.get(b"UIDVALIDITY"):
                raise FetchFailed("folder", f"The server gives the folder {name} no UIDVALIDITY.", permanent=True)
            uidnext = int(answer.get(b"UIDNEXT") or 0)
            exists = int(answer.get(b"EXISTS") or 0)
            if not uidnext:
                uidnext = max(self._client.search("ALL"), default=0) + 1
            self._folder = name
            return Folder(name, int(answer[b"UIDVALIDITY"]), uidnext, exists)

    def uids(self, first: int, last: int | None = None, *, since: date | None = None) -> list[int]:
        """The UIDs from `first` to `last` (None: to the end) in order; with `since` only those that arrived by then."""
        with self._step("fetch"):
            criteria: list[Any] = ["UID", f"{first}:{last or '*'}", *(["SINCE", since] if since else [])]
            found = self._client.search(criteria)
        # A range that ends with * holds the newest mail, also when its UID is smaller than `first`.
        return sorted(uid for uid in found if uid >= first and (last is None or uid <= last))

    def uids_before(self, day: date, *, last: int) -> list[int]:
        """The UIDs up to `last` that arrived before the day began."""
        with self._step("fetch"):
            return sorted(uid for uid in self._client.search(["UID", f"1:{last}", "BEFORE", day]) if uid <= last)

    def facts(self, uids: Iterable[int]) -> dict[int, Facts]:
        """Sizes and dates of mails; what was deleted meanwhile is absent."""
        with self._step("fetch"):
            answer = self._client.fetch(list(uids), ["RFC822.SIZE", "INTERNALDATE"])
        return {
            uid: Facts(int(one.get(b"RFC822.SIZE") or 0), _moment(one.get(b"INTERNALDATE")))
            for uid, one in answer.items()
        }

    def read(self, uid: int, *, limit: int, check: Callable[[], None] = nobody_stops) -> bytes | None:
        """The bytes of a mail in pieces of CHUNK; None when it is gone. Stops one piece beyond `limit`.

        `check` is called before each piece and may raise to stop.
        """
        pieces: list[bytes] = []
        size = 0
        while size <= limit:
            check()
            with self._step("fetch"):
                answer = self._client.fetch([uid], [f"BODY.PEEK[]<{size}.{CHUNK}>"]).get(uid)
            if answer is None:
                return None
            piece = _body(answer)
            if piece is None:
                raise FetchFailed("fetch", f"The server did not give the content of mail {uid}.")
            pieces.append(piece)
            size += len(piece)
            if len(piece) < CHUNK:
                break
        return b"".join(pieces)

    def read_header(self, uid: int) -> bytes | None:
        """The header of a mail, at most LONGEST_HEADER bytes; None when it is gone."""
        with self._step("fetch"):
            answer = self._client.fetch([uid], [f"BODY.PEEK[HEADER]<0.{LONGEST_HEADER}>"]).get(uid)
        return None if answer is None else _body(answer) or b""

    def wait(self, seconds: float, *, check: Callable[[], None]) -> bool:
        """Wait until the server tells of a change or the time is over; True for a change.

        With IDLE the server tells; without, waiting is all there is. `check` is called every second and may raise.
        """
        end = time.monotonic() + seconds
        if not self._client.has_capability("IDLE"):
            while (left := end - time.monotonic()) > 0:
                time.sleep(min(_SLICE, left))
                check()
            with self._step("fetch"):
                self._client.noop()
            return True
        with self._step("fetch"):
            self._client.forget()
            self._client.idle()
            told = False
            while not told and (left := end - time.monotonic()) > 0:
                # Something readable may also be the end of the line: idle_done() finds out.
                told = self._client.is_readable(min(_SLICE, left))
                check()
            self._client.idle_done()
        return told

    def move(self, uids: list[int], target: str) -> None:
        """Move mails to another folder, made if absent."""
        with self._step("folder"):
            with suppress(IMAPClientError):
                if not self._client.folder_exists(target):
                    self._client.create_folder(target)
            for batch in _batches(uids):
                if self._client.has_capability("MOVE"):
                    self._client.move(batch, target)
                else:
                    self._client.copy(batch, target)
                    self._remove(batch)

    def delete(self, uids: list[int]) -> None:
        """Mark mails as deleted and expunge exactly those; without UIDPLUS they stay marked."""
        with self._step("folder"):
            for batch in _batches(uids):
                self._remove(batch)

    def file_sent(self, folder: str, raw: bytes) -> None:
        """Append a sent mail, seen, unless a mail with its Message-ID is there; makes the folder if absent."""
        identity = _message_id(raw)
        with self._step("folder"):
            if not self._client.folder_exists(folder):
                self._client.create_folder(folder)
            self._client.select_folder(folder, readonly=True)
            if identity and self._client.search(["HEADER", "Message-ID", identity]):
                return
            self._client.append(folder, raw, flags=(rb"\Seen",))

    def newest_headers(self, count: int) -> list[bytes]:
        """The headers of the newest mails of the selected folder, newest first."""
        with self._step("fetch"):
            uids = sorted(self._client.search("ALL"), reverse=True)[:count]
        return [header for uid in uids if (header := self.read_header(uid))]

    def _remove(self, uids: list[int]) -> None:
        self._client.add_flags(uids, [rb"\Deleted"], silent=True)
        if self._client.has_capability("UIDPLUS"):
            self._client.uid_expunge(uids)

    @contextmanager
    def _step(self, step: str) -> Iterator[None]:
        try:
            with _naming(step):
                yield
        except FetchFailed as failure:
            # A NO or BAD leaves the session usable; anything else ends it.
            cause = failure.__cause__
            refused = isinstance(cause, IMAPClientError) and not isinstance(cause, imaplib.IMAP4.abort)
            self.is_alive = self.is_alive and refused
            raise
        except BaseException:
            self.is_alive = False
            raise


@contextmanager
def _naming(step: str) -> Iterator[None]:
    """Turns every failure into FetchFailed with the step it happened at."""
    try:
        yield
    except FetchFailed:
        raise
    except StepFailed as failure:
        raise FetchFailed(failure.step, failure.reason, permanent=failure.permanent) from failure
    except imaplib.IMAP4.abort as error:
        raise FetchFailed(step, f"The connection broke off: {_said(error)}") from error
    except IMAPClientError as error:
        said = _said(error)
        hopeless = any(code in said.upper() for code in _NO_USE_TO_RETRY)
        raise FetchFailed(step, f"The server refused: {said}", permanent=hopeless) from error
    except OSError as error:
        raise FetchFailed(step, explain(error)) from error
    except (ValueError, KeyError, TypeError, IndexError, AssertionError) as error:
        raise FetchFailed(step, f"The server's answer makes no sense: {_said(error)}") from error


def _said(error: Exception) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__


def _body(answer: dict[bytes, Any]) -> bytes | None:
    for name, value in answer.items():
        if name.startswith(b"BODY["):
            return bytes(value) if value is not None else b""
    return None


def _moment(value: object) -> datetime | None:
    return value if isinstance(value, datetime) else None


def _batches(uids: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(uids), BATCH):
        yield uids[start : start + BATCH]


def _message_id(raw: bytes) -> str:
    """The Message-ID of a mail we composed ourselves, without <>."""
    for line in raw.partition(b"\r\n\r\n")[0].split(b"\r\n"):
        if line[:11].lower() == b"message-id:":
            return line[11:].decode("ascii", "replace").strip().strip("<>")
    return ""
