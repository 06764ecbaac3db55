"""A mail door of its own process, a client that speaks with it, and what lies in the store afterwards."""

from __future__ import annotations

import os
import signal
import smtplib
import subprocess
import sys
import time

from bench.corpus import SHOP, Mail
from tests.faults import installation
from tests.servers.commands import CHECKOUT
from tests.servers.ports import LOOPBACK, answers, wait_until
from tests.servers.product import Product

PROCESS_ALL = """
from rapport.intake import processing
while processing.process_due(50):
    pass
"""
_BLOBS = "SELECT sha256 FROM intake_rawmessage"


class Door:
    """Runs `tests.faults.forked_door` in the installation's environment."""

    def __init__(self, product: Product) -> None:
        environment = {**product.environment, "DJANGO_SETTINGS_MODULE": "rapport.config.settings"}
        self.port = installation.door_port(product)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.forked_door"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, cwd=CHECKOUT, env=environment, text=True,
        )  # fmt: skip
        self._next()

    def hand_over_and_kill(self, mail: Mail, *, after: float) -> bool:
        """Send a mail and kill the door so many seconds after its last byte; whether 250 had been said by then."""
        client = smtplib.LMTP(LOOPBACK, self.port, timeout=20)
        client.ehlo()
        client.mail(mail.sender)
        client.rcpt(SHOP)
        client.putcmd("data")
        client.getreply()
        client.send(mail.raw.replace(b"\r\n.", b"\r\n..") + b".\r\n")
        time.sleep(after)
        os.kill(self.pid, signal.SIGKILL)
        try:
            survived = client.getreply()[0] == 250
        except (OSError, smtplib.SMTPException):
            survived = False
        client.close()
        self._next()
        return survived

    def hand_over(self, mail: Mail) -> None:
        """Send a mail as any server would. Raises smtplib.SMTPException."""
        with smtplib.LMTP(LOOPBACK, self.port, timeout=20) as client:
            client.sendmail(mail.sender, [SHOP], mail.raw)

    def close(self) -> None:
        """End it."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        os.kill(self.pid, signal.SIGKILL)
        self.process.wait(timeout=20)

    def _next(self) -> None:
        assert self.process.stdout is not None
        self.pid = int(self.process.stdout.readline())
        wait_until(lambda: answers(self.port), seconds=30, what="the door answering", pause=0.005)


def tokens_stored_raw(product: Product) -> set[str]:
    """Tokens of mails whose row is committed and whose bytes lie whole in the store."""
    return {token for (name,) in installation.rows(product, _BLOBS) for token in installation.tokens_in(product, name)}
