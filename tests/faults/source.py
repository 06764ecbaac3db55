"""A mail server that hands over its queue in order and keeps a mail until it has read 250 for it."""

from __future__ import annotations

import smtplib
import threading
import time
from collections.abc import Sequence

from bench.corpus import SHOP, Mail
from tests.servers.ports import LOOPBACK

PAUSE = 0.05


class Source(threading.Thread):
    """Sends by LMTP. `acknowledged` holds (token, monotonic time) of every mail the other side answered for."""

    def __init__(self, mails: Sequence[Mail], port: int) -> None:
        super().__init__(name="source", daemon=True)
        self.mails, self.port = mails, port
        self.acknowledged: list[tuple[str, float]] = []
        self.tries = 0
        self.stopping = threading.Event()
        self._client: smtplib.LMTP | None = None

    def run(self) -> None:
        for mail in self.mails:
            while not self.stopping.is_set() and not self._sent(mail):
                self.stopping.wait(PAUSE)
        self._hang_up()

    def stop(self) -> None:
        """Give up what is still queued."""
        self.stopping.set()
        self.join(timeout=30)

    def has_sent(self, count: float) -> bool:
        """Whether so many mails have been acknowledged."""
        return len(self.acknowledged) >= count

    def first_after(self, moment: float) -> float | None:
        """Seconds from a moment to the next acknowledged mail; None if there was none."""
        return next((at - moment for _, at in self.acknowledged if at > moment), None)

    def _sent(self, mail: Mail) -> bool:
        self.tries += 1
        try:
            if self._client is None:
                self._client = smtplib.LMTP(LOOPBACK, self.port, timeout=20)
            self._client.sendmail(mail.sender, [SHOP], mail.raw)
        except (OSError, smtplib.SMTPException):
            self._hang_up()
            return False
        self.acknowledged.append((mail.token, time.monotonic()))
        return True

    def _hang_up(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()
