"""A real Dovecot (IMAP with and without TLS, LMTP) on free ports, with its own configuration and mail folder.

dovecot = Dovecot(users={"shop@example.org": "secret"}); dovecot.start()
uid = dovecot.deliver("shop@example.org", raw)
dovecot.renumber("shop@example.org")     # a new UIDVALIDITY, as after a restore of the mail server
"""

from __future__ import annotations

import imaplib
import os
import re
import shutil
import signal
import smtplib
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.servers import unprivileged
from tests.servers.certificates import Certificates, trusted
from tests.servers.ports import LOOPBACK, answers, free_port, wait_until

PROGRAM = shutil.which("dovecot") or "/usr/sbin/dovecot"

# Version 2.3, as Debian 12 has it. Every service runs as one user, so that nothing needs root.
CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap lmtp
listen = 127.0.0.1
ssl = yes
ssl_cert = <{folder}/chain.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login {token_mechanisms}
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:{folder}/mail/%u
mail_fsync = never
imap_idle_notify_interval = 2 mins
mail_max_userip_connections = 100
lmtp_save_to_detail_mailbox = no
recipient_delimiter = +
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Sent {{
    auto = create
    special_use = \\Sent
  }}
}}
{token_passdb}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u allow_all_users=yes
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap_port}
  }}
  inet_listener imaps {{
    port = {imaps_port}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp_port}
  }}
}}
service anvil {{
  chroot =
}}
"""
TOKEN_PASSDB = """
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {folder}/oauth2
}}
"""
TOKEN_CHECK = "introspection_mode = get\nintrospection_url = {url}\nusername_attribute = username\nactive_attribute = active\nactive_value = true\n"


def installed() -> bool:
    """Whether Dovecot with IMAP is on this machine."""
    return Path(PROGRAM).exists() and Path("/usr/lib/dovecot/imap-login").exists()


@dataclass
class Dovecot:
    """The server. `introspection_url` (…?token=) switches XOAUTH2 on, see tests/servers/oauth.py."""

    users: dict[str, str]
    introspection_url: str = ""
    certificates: Certificates = field(default_factory=trusted)
    host: str = LOOPBACK
    imap_port: int = field(default_factory=free_port)
    imaps_port: int = field(default_factory=free_port)
    lmtp_port: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        self._user = unprivileged.account()
        self.folder = unprivileged.folder_of(self._user, "rapport-dovecot-")
        self._process: subprocess.Popen[bytes] | None = None
        self._configure()

    def start(self) -> Dovecot:
        """Start and wait until every port answers. Raises RuntimeError with Dovecot's own words."""
        command = [PROGRAM, "-F", "-c", str(self.folder / "dovecot.conf")]
        output = (self.folder / "output").open("ab")
        self._process = subprocess.Popen(
            command, stdout=output, stderr=output, cwd="/", start_new_session=True, **unprivileged.identity(self._user)
        )
        ports = (self.imap_port, self.imaps_port, self.lmtp_port)
        try:
            wait_until(lambda: all(map(answers, ports)), seconds=15, what="Dovecot answering")
        except TimeoutError as error:
            text = self.log()
            self.stop()
            raise RuntimeError(f"Dovecot did not start: {text}") from error
        return self

    def stop(self) -> None:
        """Stop the server; its mail stays, so that `start` brings it back. Safe to call twice."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            # Dovecot waits for the connections of its clients; the rest of the group is ended for it.
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=1.0)
            self._kill()
            wait_until(lambda: not answers(self.imap_port), what="Dovecot letting go of its port")

    def remove(self) -> None:
        """End at once and delete everything: nobody waits for a server that is not needed again."""
        self._kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _kill(self) -> None:
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(timeout=10)
            self._process = None

    def restart(self) -> None:
        """Stop and start: every connection is lost."""
        self.stop()
        self.start()

    def log(self) -> str:
        """What Dovecot has logged."""
        return "\n".join(path.read_text() for name in ("output", "log") if (path := self.folder / name).exists())

    @contextmanager
    def client(self, user: str) -> Iterator[imaplib.IMAP4]:
        """A second mail program of this user."""
        client = imaplib.IMAP4(self.host, self.imap_port, timeout=10)
        try:
            client.login(user, self.users[user])
            yield client
        finally:
            client.logout()

    def deliver(self, user: str, raw: bytes, *, folder: str = "INBOX", flags: str = "") -> int:
        """Put a mail into a folder (made if absent) and return its UID."""
        with self.client(user) as client:
            client.create(_quoted(folder))
            answer = _good(client.append(_quoted(folder), flags or None, "", raw))  # type: ignore[arg-type]
        return int(answer.split(b"APPENDUID ")[1].split()[1].rstrip(b"]"))

    def deliver_by_lmtp(self, sender: str, recipients: list[str], raw: bytes) -> None:
        """Deliver as a mail server does. Raises smtplib.SMTPException."""
        with smtplib.LMTP(self.host, self.lmtp_port) as client:
            client.sendmail(sender, recipients, raw)

    def uids(self, user: str, folder: str = "INBOX") -> list[int]:
        """The UIDs in a folder, ascending; empty when the folder does not exist."""
        with self.client(user) as client:
            if client.select(_quoted(folder), readonly=True)[0] != "OK":
                return []
            return [int(uid) for uid in _good(client.uid("SEARCH", "ALL")).split()]

    def raw(self, user: str, uid: int, folder: str = "INBOX") -> bytes:
        """The bytes of one mail; fetching them here sets no flag."""
        with self.client(user) as client:
            _good(client.select(_quoted(folder), readonly=True))
            return bytes(client.uid("FETCH", str(uid), "(BODY.PEEK[])")[1][0][1])

    def flags(self, user: str, uid: int, folder: str = "INBOX") -> set[str]:
        """The flags of one mail, for example {"\\\\Seen"}."""
        with self.client(user) as client:
            _good(client.select(_quoted(folder), readonly=True))
            return {flag.decode() for flag in imaplib.ParseFlags(_good(client.uid("FETCH", str(uid), "(FLAGS)")))}

    def flag(self, user: str, uid: int, flag: str, folder: str = "INBOX") -> None:
        """Add a flag, for example "\\\\Seen", as another mail program would."""
        with self.client(user) as client:
            _good(client.select(_quoted(folder)))
            _good(client.uid("STORE", str(uid), "+FLAGS", f"({flag})"))

    def move(self, user: str, uid: int, target: str, folder: str = "INBOX") -> None:
        """Move a mail to another folder, made if absent."""
        with self.client(user) as client:
            client.create(_quoted(target))
            _good(client.select(_quoted(folder)))
            _good(client.uid("MOVE", str(uid), _quoted(target)))

    def delete(self, user: str, uid: int, folder: str = "INBOX") -> None:
        """Delete and expunge a mail."""
        with self.client(user) as client:
            _good(client.select(_quoted(folder)))
            _good(client.uid("STORE", str(uid), "+FLAGS", "(\\Deleted)"))
            client.expunge()

    def folders(self, user: str) -> list[str]:
        """The names of all folders."""
        with self.client(user) as client:
            lines = [line.decode() for line in client.list()[1] if isinstance(line, bytes)]
        return sorted(line.split(' "/" ')[1].strip('"') for line in lines)

    def uidvalidity(self, user: str, folder: str = "INBOX") -> int:
        """The folder's UIDVALIDITY."""
        with self.client(user) as client:
            found = re.search(rb"UIDVALIDITY (\d+)", _good(client.status(_quoted(folder), "(UIDVALIDITY)")))
        assert found is not None
        return int(found[1])

    def renumber(self, user: str, folder: str = "INBOX") -> int:
        """Give the folder a new UIDVALIDITY and its mails new UIDs from 1, over a restart; returns the new value."""
        new = self.uidvalidity(user, folder) + 1
        self.stop()
        place = self.folder / "mail" / user
        place = place if folder == "INBOX" else place / f".{folder.replace('/', '.')}"
        for index in place.glob("dovecot.index*"):
            index.unlink()
        listing = place / "dovecot-uidlist"
        header, *rows = listing.read_text().splitlines()
        # Rows of deleted mails linger until Dovecot rewrites the list; a file is found by its name before the flags.
        present = {path.name.partition(":")[0] for part in ("cur", "new") for path in (place / part).iterdir()}
        names = [name for row in rows if (name := row.split(":", 1)[1]).partition(":")[0] in present]
        header = re.sub(r" N\d+", f" N{len(names) + 1}", re.sub(r" V\d+", f" V{new}", header))
        listing.write_text("\n".join([header, *(f"{uid} :{name}" for uid, name in enumerate(names, 1))]) + "\n")
        self.start()
        return new

    def _configure(self) -> None:
        user, folder = self._user, self.folder
        values = {
            "folder": folder, "user": user.pw_name, "uid": user.pw_uid, "gid": user.pw_gid,
            "group": _group_name(user.pw_gid), "imap_port": self.imap_port, "imaps_port": self.imaps_port,
            "lmtp_port": self.lmtp_port,
            "token_mechanisms": "xoauth2 oauthbearer" if self.introspection_url else "",
            "token_passdb": TOKEN_PASSDB.format(folder=folder) if self.introspection_url else "",
        }  # fmt: skip
        (folder / "dovecot.conf").write_text(CONFIGURATION.format(**values))
        (folder / "oauth2").write_text(TOKEN_CHECK.format(url=self.introspection_url))
        (folder / "users").write_text("".join(f"{name}:{{PLAIN}}{word}\n" for name, word in self.users.items()))
        shutil.copy(self.certificates.chain, folder / "chain.pem")
        shutil.copy(self.certificates.key, folder / "key.pem")
        for name in ("mail", "run", "state"):
            (folder / name).mkdir()
        for path in folder.iterdir():
            shutil.chown(path, user.pw_uid, user.pw_gid)


def _group_name(gid: int) -> str:
    import grp

    return grp.getgrgid(gid).gr_name


def _quoted(folder: str) -> str:
    return f'"{folder}"'


def _good(answer: tuple[str, list[bytes | None]]) -> bytes:
    """The first line of an answer. Raises AssertionError with the server's words unless it is OK."""
    status, lines = answer
    assert status == "OK", f"IMAP answered {status}: {lines!r}"
    return lines[0] or b""
