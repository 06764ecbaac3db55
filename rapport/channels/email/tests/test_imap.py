"""Reading folders of a real Dovecot, and of a scripted server that breaks at every step."""

from __future__ import annotations

import ipaddress
from typing import Any

import pytest

from rapport.channels.contract import FetchFailed
from rapport.channels.email.folder_reading import FolderReader
from rapport.channels.email.imap import Mailbox
from tests.servers.dovecot import Dovecot
from tests.servers.fixtures import SHOP, SHOP_PASSWORD
from tests.servers.scripted_imap import ScriptedImap
from tests.servers.scripting import Drop, Hang, Say

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)


def mail(number: int, *, size: int = 0, extra: str = "") -> bytes:
    body = f"Body {number}\r\n" + "x" * 70 * (size // 70)
    return f"From: carla@example.org\r\nSubject: Mail {number}\r\n{extra}\r\n{body}\r\n".encode()


def settings_for(port: int, *, start: str = "all", after: str = "leave", **more: Any) -> dict[str, Any]:
    imap = {"host": "127.0.0.1", "port": port, "security": "none", "user": SHOP, "start": start, "after": after}
    imap |= more.pop("imap", {})
    return {"imap": imap, "imap_password": SHOP_PASSWORD, "allow_nets": LOOPBACK, "timeout_seconds": 2.0, **more}


class Story:
    """Sessions one after another with what is kept between them: the position and the stored mails."""

    def __init__(self, port: int, part: str = "INBOX", **options: Any) -> None:
        self.settings = settings_for(port, **options)
        self.part = part
        self.position: dict[str, Any] = {}
        self.stored: dict[str, bytes] = {}
        self.historic: dict[str, bool] = {}

    def session(self) -> list[bytes]:
        """Read what is new and tidy up. Raises FetchFailed; the position is kept all the same."""
        reader = FolderReader(self.settings, self.part, self.position)
        new = []
        try:
            for fetched in reader.arrivals():
                if fetched.key not in self.stored:
                    new.append(fetched.raw)
                self.stored[fetched.key] = fetched.raw
                self.historic[fetched.key] = fetched.historic
            reader.tidy(lambda keys: set(keys) & set(self.stored))
        finally:
            self.position = reader.position
            reader.close()
        return new


def test_everything_in_the_folder_is_read_once_byte_for_byte(dovecot: Dovecot):
    mails = [mail(number) for number in range(3)]
    for raw in mails:
        dovecot.deliver(SHOP, raw)
    story = Story(dovecot.imap_port)
    assert story.session() == mails
    assert story.session() == []
    dovecot.deliver(SHOP, mail(3))
    assert story.session() == [mail(3)]
