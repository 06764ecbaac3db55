"""A small IMAP server that can be made dishonest at every step (scripting.py).

Honest enough for a mail program that fetches: folders with UIDs and flags, partial fetches, IDLE, MOVE, APPEND. What
it is for is the opposite: sizes that lie, replies torn in the middle of a mail, a line that goes silent in IDLE.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field

from tests.servers.scripting import Gone, ScriptedServer, Wire

CAPABILITIES = b"IMAP4rev1 IDLE UIDPLUS MOVE STARTTLS SASL-IR AUTH=PLAIN AUTH=XOAUTH2"
ARGUMENT = re.compile(rb'"((?:[^"\\]|\\.)*)"|(\([^)]*\))|(\S+)')
FETCHED_BODY = re.compile(rb"BODY(?:\.PEEK)?\[(HEADER)?\](?:<(\d+)\.(\d+)>)?")
OPEN_LITERAL = re.compile(rb"\{(\d+)(\+?)\}$")


@dataclass
class Mail:
    """One mail of a folder; `claimed_size` is what RFC822.SIZE says when it lies."""

    raw: bytes
    flags: set[bytes] = field(default_factory=set)
    claimed_size: int | None = None
    internal_date: bytes = b"01-Jun-2026 10:00:00 +0000"


@dataclass
class Folder:
    """UIDs ascend and are never used twice under one UIDVALIDITY."""

    uidvalidity: int = 1
    next_uid: int = 1
    mails: dict[int, Mail] = field(default_factory=dict)

    def add(self, mail: Mail) -> int:
        uid = self.next_uid
        self.mails[uid] = mail
        self.next_uid += 1
        return uid

    def chosen(self, text: bytes) -> list[int]:
        """The UIDs of a set such as 3,5:* in order; a range with * holds the last mail whatever its start."""
        last = max(self.mails, default=0)
        wanted: set[int] = set()
        for part in text.split(b","):
            ends = [last if end == b"*" else int(end) for end in part.split(b":")]
            wanted.update(uid for uid in self.mails if min(ends) <= uid <= max(ends))
        return sorted(wanted)


@dataclass
class ScriptedImap(ScriptedServer):
    """The server: any user signs in unless `password` is set; `capabilities` is what it claims."""

    password: str = ""
    capabilities: bytes = CAPABILITIES
    folders: dict[str, Folder] = field(default_factory=lambda: {"INBOX": Folder()})

    def add(self, raw: bytes, *, folder: str = "INBOX", claimed_size: int | None = None) -> int:
        """Put a mail into a folder, return its UID, and tell those who IDLE."""
        return self.folders.setdefault(folder, Folder()).add(Mail(raw, claimed_size=claimed_size))

    def renumber(self, folder: str = "INBOX") -> None:
        """A new UIDVALIDITY, the same mails with UIDs from 1."""
        old = self.folders[folder]
        new = Folder(uidvalidity=old.uidvalidity + 1)
        for mail in old.mails.values():
            new.add(mail)
        self.folders[folder] = new

    def serve(self, wire: Wire) -> None:
        """One session, from the greeting to LOGOUT."""
        if self.script is not None:
            self.script(wire)
            return
        wire.command = "GREETING"
        wire.send(b"* OK [CAPABILITY %b] scripted" % self.capabilities)
        Session(self, wire).run()


class Session:
    """What one client has selected, and the answers to its commands."""

    def __init__(self, server: ScriptedImap, wire: Wire) -> None:
        self.server = server
        self.wire = wire
        self.tag = b"*"
        self.folder = Folder()
        self.known = 0

    def run(self) -> None:
        """Answer until the client goes."""
        while True:
            self.tag, _, rest = self._line().partition(b" ")
            word, _, argument = rest.partition(b" ")
            name = word.upper().decode("ascii", "replace")
            if name == "UID":
                word, _, argument = argument.partition(b" ")
                name = word.upper().decode("ascii", "replace")
            self.wire.command = name
            answer = getattr(self, f"do_{name.lower()}", None)
            if answer is None:
                self.wire.send(self.tag + b" BAD unknown command")
            else:
                answer(argument)

    def do_capability(self, argument: bytes) -> None:
        self.wire.send(b"* CAPABILITY " + self.server.capabilities)
        self._ok()

    def do_noop(self, argument: bytes) -> None:
        self._tell_count()
        self._ok()

    def do_id(self, argument: bytes) -> None:
        self._ok()

    do_enable = do_check = do_subscribe = do_id

    def do_starttls(self, argument: bytes) -> None:
        self._ok()
        self.wire.start_tls()

    def do_login(self, argument: bytes) -> None:
        self._admit(_arguments(argument)[-1].decode())

    def do_authenticate(self, argument: bytes) -> None:
        parts = argument.split()
        if len(parts) < 2:
            self.wire.send(b"+ ")
            parts.append(self.wire.receive())
        try:
            proof = base64.b64decode(parts[1]).decode()
        except ValueError:  # the client gave up: it answers "*"
            self.wire.send(self.tag + b" BAD not base64")
            return
        self._admit(proof.rstrip("\x01").replace("\x01auth=Bearer ", "\0").split("\0")[-1])

    def do_list(self, argument: bytes) -> None:
        for name in self.server.folders:
            self.wire.send(b'* LIST (\\HasNoChildren) "/" "%b"' % name.encode())
        self._ok()

    def do_create(self, argument: bytes) -> None:
        self.server.folders.setdefault(_arguments(argument)[0].decode(), Folder())
        self._ok()

    def do_status(self, argument: bytes) -> None:
        name = _arguments(argument)[0]
        folder = self._named(name)
        if folder:
            facts = (len(folder.mails), folder.next_uid, folder.uidvalidity)
            self.wire.send(b'* STATUS "%b" (MESSAGES %d UIDNEXT %d UIDVALIDITY %d)' % (name, *facts))
            self._ok()

    def do_select(self, argument: bytes) -> None:
        folder = self._named(_arguments(argument)[0])
        if not folder:
            return
        self.folder = folder
        self._tell_count()
        self.wire.send(b"* FLAGS (\\Seen \\Deleted \\Answered)")
        self.wire.send(b"* OK [UIDVALIDITY %d] ids" % folder.uidvalidity)
        self.wire.send(b"* OK [UIDNEXT %d] next" % folder.next_uid)
        self._ok(b"[READ-WRITE] ")

    do_examine = do_select

    def do_close(self, argument: bytes) -> None:
        self.folder = Folder()
        self._ok()

    do_unselect = do_close

    def do_search(self, argument: bytes) -> None:
        wanted = re.search(rb"UID ([\d:*,]+)", argument)
        uids = self.folder.chosen(wanted[1] if wanted else b"1:*")
        self.wire.send(b" ".join([b"* SEARCH", *(b"%d" % uid for uid in uids)]))
        self._ok()

    def do_fetch(self, argument: bytes) -> None:
        chosen, _, items = argument.partition(b" ")
        sequence = {uid: number for number, uid in enumerate(sorted(self.folder.mails), 1)}
        for uid in self.folder.chosen(chosen):
            self.wire.send(b"* %d FETCH (%b)" % (sequence[uid], self._fetched(uid, items)))
        self._ok()

    def do_store(self, argument: bytes) -> None:
        chosen, action, flags = argument.split(b" ", 2)
        given = set(flags.strip(b"()").split())
        for uid in self.folder.chosen(chosen):
            mail = self.folder.mails[uid]
            mail.flags = mail.flags - given if action.startswith(b"-") else mail.flags | given
        self._ok()

    def do_copy(self, argument: bytes) -> None:
        self._copy(argument)
        self._ok()

    def do_move(self, argument: bytes) -> None:
        for uid in self._copy(argument):
            del self.folder.mails[uid]
        self._ok()

    def do_expunge(self, argument: bytes) -> None:
        chosen = self.folder.chosen(argument or b"1:*")
        for uid in [uid for uid in chosen if b"\\Deleted" in self.folder.mails[uid].flags]:
            del self.folder.mails[uid]
        self._ok()

    def do_append(self, argument: bytes) -> None:
        name, _, raw = argument.partition(b"\0")
        folder = self._named(_arguments(name)[0])
        if folder:
            uid = folder.add(Mail(raw))
            self._ok(b"[APPENDUID %d %d] " % (folder.uidvalidity, uid))

    def do_idle(self, argument: bytes) -> None:
        self.wire.send(b"+ idling")
        while not self.wire.waiting(0.02):
            if self.server.stopping.is_set():
                raise Gone
            if len(self.folder.mails) != self.known:
                self._tell_count()
        self.wire.receive()
        self._ok()

    def do_logout(self, argument: bytes) -> None:
        # One step: a client may be satisfied with BYE, and a second step would then be counted or not by chance.
        self.wire.send(b"* BYE\r\n%b OK done" % self.tag)
        raise Gone

    def _line(self) -> bytes:
        """A command with its literals: text in place, the mail of APPEND after a NUL."""
        line = self.wire.receive()
        while literal := OPEN_LITERAL.search(line):
            if not literal[2]:
                self.wire.send_raw(b"+ go on\r\n")
            data = self.wire.receive_exactly(int(literal[1]))
            head = line[: literal.start()]
            line = head + (b"\0" + data if b" APPEND " in head.upper() else data)
            line += self.wire.receive()
        return line

    def _tell_count(self) -> None:
        self.known = len(self.folder.mails)
        self.wire.send(b"* %d EXISTS" % self.known)

    def _admit(self, secret: str) -> None:
        if self.server.password and secret != self.server.password:
            self.wire.send(self.tag + b" NO [AUTHENTICATIONFAILED] wrong")
        else:
            self._ok()

    def _named(self, name: bytes) -> Folder | None:
        folder = self.server.folders.get(name.decode())
        if folder is None:
            self.wire.send(self.tag + b" NO [NONEXISTENT] no such folder")
        return folder

    def _copy(self, argument: bytes) -> list[int]:
        chosen, _, name = argument.partition(b" ")
        target = self.server.folders.setdefault(_arguments(name)[0].decode(), Folder())
        uids = self.folder.chosen(chosen)
        for uid in uids:
            target.add(self.folder.mails[uid])
        return uids

    def _fetched(self, uid: int, items: bytes) -> bytes:
        mail = self.folder.mails[uid]
        parts = [b"UID %d" % uid]
        if b"FLAGS" in items:
            parts.append(b"FLAGS (%b)" % b" ".join(sorted(mail.flags)))
        if b"RFC822.SIZE" in items:
            parts.append(b"RFC822.SIZE %d" % (len(mail.raw) if mail.claimed_size is None else mail.claimed_size))
        if b"INTERNALDATE" in items:
            parts.append(b'INTERNALDATE "%b"' % mail.internal_date)
        if body := FETCHED_BODY.search(items):
            header, start, size = body.groups()
            data = mail.raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if header else mail.raw
            if start is not None:
                data = data[int(start) : int(start) + int(size)]
            origin = b"<%b>" % start if start is not None else b""
            parts.append(b"BODY[%b]%b {%d}\r\n%b" % (header or b"", origin, len(data), data))
        return b" ".join(parts)

    def _ok(self, code: bytes = b"") -> None:
        self.wire.send(b"%b OK %bdone" % (self.tag, code))


def _arguments(text: bytes) -> list[bytes]:
    return [quoted or grouped or bare for quoted, grouped, bare in ARGUMENT.findall(text)]
