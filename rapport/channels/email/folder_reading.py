"""Reading one IMAP folder mail by mail: what is new, what history was asked for, what happens to it afterwards.

`position` is all that must be kept between sessions (plain JSON):
uidvalidity, last_uid      how far the folder has been read
mailbox, generation        whose folder it is; another user's or another server's begins a new generation
first_uid, since           where the chosen history begins (`since`: an ISO date that counts below `historic_below`)
historic_below, renumbered mails with smaller UIDs were there before; after a change of UIDVALIDITY their date decides
connected_at               when the folder was connected first (ISO)
trouble                    {uid: [tries, not before (unix seconds)]}: mails the server would not give
too_large                  UIDs of which only the header was taken; they are never moved or deleted
"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from rapport.channels.contract import Fetched, FetchFailed
from rapport.channels.email.imap import BATCH, Facts, Mailbox, nobody_stops
from rapport.kit import clock

MAX_TRIES = 3
RETRY_TROUBLE_SECONDS = 300.0
# A server's day may begin up to 14 hours before ours.
_ZONES = timedelta(hours=14)
_SHAPE_HEADERS = (b"content-", b"mime-version:")
_MIB = 1024 * 1024


class FolderReader:
    """One session with one folder (contract.Reader). Raises FetchFailed from every method."""

    def __init__(
        self,
        settings: dict[str, Any],
        part: str,
        position: dict[str, Any],
        *,
        check: Callable[[], None] = nobody_stops,
    ) -> None:
        chosen = settings["imap"]
        self.position = copy.deepcopy(position)
        self._check = check
        self._limit = int(settings.get("max_message_bytes") or 50 * _MIB)
        self._after, _, self._after_detail = str(chosen.get("after") or "leave").partition(":")
        self._mailbox = Mailbox.open(settings)
        try:
            self._folder = self._mailbox.select(part, writable=self._after in ("move", "delete"))
        except BaseException:
            self._mailbox.close()
            raise
        self._adopt(str(chosen.get("start") or "now"), f"{chosen.get('user', '')}@{chosen['host']}")

    def close(self) -> None:
        """End the session; never raises."""
        self._mailbox.close()

    def arrivals(self) -> Iterator[Fetched]:
        """What is new, oldest first. `position` moves past a mail when the next one is asked for: by then it is kept.

        A mail that the server refuses, or that breaks the session three times, is passed over and tried again later.
        """
        position = self.position
        uids = self._uids(position["last_uid"] + 1)
        for start in range(0, len(uids), BATCH):
            batch = uids[start : start + BATCH]
            facts = self._mailbox.facts(batch)
            for uid in batch:
                self._check()
                if uid in facts and self._tries(uid) < MAX_TRIES:
                    yield from self._read(uid, facts[uid])
                position["last_uid"] = uid
        yield from self._again()

    def present(self) -> list[str]:
        """The keys of all mails in the folder since the chosen start."""
        return [self._key(uid) for uid in self._uids(self.position["first_uid"])]

    def retry(self, keys: list[str]) -> None:
        """Read these mails (keys of `present`) again with the next arrivals: they are not stored yet."""
        for key in keys:
            uid = int(key.rpartition(":")[2])
            if uid <= self.position["last_uid"]:
                self.position["trouble"].setdefault(str(uid), [0, 0.0])

    def tidy(self, stored: Callable[[list[str]], set[str]]) -> int:
        """Move or delete what was read, as set up; how many. `stored` says which keys are safely kept."""
        if self._after not in ("move", "delete"):
            return 0
        uids = self._uids(self.position["first_uid"])
        if self._after == "delete":
            day = (clock.now() - timedelta(days=int(self._after_detail or 0))).date()
            uids = sorted(set(uids) & set(self._mailbox.uids_before(day, last=self.position["last_uid"])))
        left_alone = set(self.position["too_large"]) | {int(uid) for uid in self.position["trouble"]}
        keys = {self._key(uid): uid for uid in uids if uid <= self.position["last_uid"] and uid not in left_alone}
        kept = stored(list(keys)) if keys else set()
        done = sorted(uid for key, uid in keys.items() if key in kept)
        if done and self._after == "move":
            self._mailbox.move(done, self._after_detail)
        elif done:
            self._mailbox.delete(done)
        return len(done)

    def wait(self, seconds: float) -> bool:
        """Wait for news, at most so long; True when the server told of a change."""
        return self._mailbox.wait(seconds, check=self._check)

    def _adopt(self, start: str, mailbox: str) -> None:
        """Take up the position, or begin: in a new folder where the history was asked for, in a renumbered one anew."""
        folder, before = self._folder, self.position
        same_place = before.get("mailbox", mailbox) == mailbox
        if same_place and before.get("uidvalidity") == folder.uidvalidity:
            return
        # Another user's mail is other mail; another server may well hold the same, moved.
        known = "uidvalidity" in before and _user_of(before.get("mailbox", mailbox)) == _user_of(mailbox)
        connected_at = before["connected_at"] if known else clock.utc_iso(clock.now())
        since = None if start == "all" else _begin(start, datetime.fromisoformat(connected_at)).isoformat()
        self.position = {
            "mailbox": mailbox,
            "generation": before.get("generation", 0) + (0 if same_place else 1),
            "uidvalidity": folder.uidvalidity,
            "connected_at": connected_at,
            "historic_below": folder.uidnext,
            "renumbered": known,
            "since": since,
            "first_uid": 1,
            "last_uid": 0,
            "trouble": {},
            "too_large": [],
        }
        if start == "now" and not known:
            self.position |= {"first_uid": folder.uidnext, "last_uid": folder.uidnext - 1, "since": None}

    def _uids(self, first: int) -> list[int]:
        """UIDs from `first` on that belong to the chosen history."""
        since, below = self.position["since"], self.position["historic_below"]
        if not since or first >= below:
            return self._mailbox.uids(first)
        old = self._mailbox.uids(first, below - 1, since=date.fromisoformat(since)) if first < below else []
        return old + self._mailbox.uids(below)

    def _again(self) -> Iterator[Fetched]:
        """Mails that were passed over, when their time has come."""
        now = time.time()
        # What lies further ahead than we ever set it was set before the clock went back.
        longest = now + RETRY_TROUBLE_SECONDS + 60
        waiting = self.position["trouble"].items()
        due = sorted(int(uid) for uid, (_tries, not_before) in waiting if not now < not_before <= longest)
        facts = self._mailbox.facts(due) if due else {}
        for uid in due:
            self._check()
            if uid in facts:
                yield from self._read(uid, facts[uid])
            else:
                self.position["trouble"].pop(str(uid), None)

    def _read(self, uid: int, facts: Facts) -> Iterator[Fetched]:
        try:
            raw = self._content(uid, facts)
        except FetchFailed:
            self._note_trouble(uid)
            if not self._mailbox.is_alive:
                raise
            return
        if raw is not None:
            yield Fetched(self._key(uid), raw, self._is_historic(uid, facts))
        self.position["trouble"].pop(str(uid), None)

    def _content(self, uid: int, facts: Facts) -> bytes | None:
        """The mail, or for one beyond the limit its header and a notice."""
        if facts.size <= self._limit:
            raw = self._mailbox.read(uid, limit=self._limit, check=self._check)
            if raw is None or len(raw) <= self._limit:
                return raw
        header = self._mailbox.read_header(uid)
        if header is None:
            return None
        if uid not in self.position["too_large"]:
            self.position["too_large"].append(uid)
        return _notice(header, facts.size, self._limit, self._folder.name)

    def _note_trouble(self, uid: int) -> None:
        tries = self._tries(uid) + 1
        pause = 0.0 if tries < MAX_TRIES and not self._mailbox.is_alive else RETRY_TROUBLE_SECONDS
        self.position["trouble"][str(uid)] = [tries, time.time() + pause]

    def _tries(self, uid: int) -> int:
        return int(self.position["trouble"].get(str(uid), [0])[0])

    def _is_historic(self, uid: int, facts: Facts) -> bool:
        if uid >= self.position["historic_below"]:
            return False
        if not self.position["renumbered"]:
            return True
        return facts.arrived is not None and facts.arrived < datetime.fromisoformat(self.position["connected_at"])

    def _key(self, uid: int) -> str:
        # UIDVALIDITY is unique within a server only: many a server starts with 1.
        generation = f".{self.position['generation']}" if self.position["generation"] else ""
        return f"{self._folder.name}:{self._folder.uidvalidity}{generation}:{uid}"


def _begin(start: str, connected_at: datetime) -> date:
    """The first day of the chosen history: the day of connecting, or so many days before."""
    kind, _, days = start.partition(":")
    if kind == "days":
        return (connected_at - timedelta(days=int(days or 0))).date()
    return (connected_at - _ZONES).date()


def _user_of(mailbox: str) -> str:
    return mailbox.rpartition("@")[0]


def _notice(header: bytes, size: int, limit: int, folder: str) -> bytes:
    """The mail's own header, without what describes its body, and a body that says where the rest is."""
    lines: list[bytes] = []
    dropping = False
    for line in header.replace(b"\r\n", b"\n").split(b"\n"):
        if not line:
            break
        if line[:1] not in (b" ", b"\t"):
            dropping = line.lower().startswith(_SHAPE_HEADERS)
        if not dropping:
            lines.append(line)
    words = (
        f"This message is {max(size, limit) / _MIB:.1f} MB large; Rapport is set up to take {limit / _MIB:.1f} MB.\r\n"
        f"Only its header was fetched. The whole message is still on the mail server, in the folder {folder}.\r\n"
    )
    shape = [b"MIME-Version: 1.0", b"Content-Type: text/plain; charset=utf-8", b"Content-Transfer-Encoding: 8bit"]
    return b"\r\n".join([*lines, *shape, b"", words.encode()])
