"""The shop of the journeys: a running product, the mail server it sends by, and short ways to do what people do."""

from __future__ import annotations

import json
import shutil
import smtplib
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from hashlib import sha256
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.journeys.furnishing import PASSWORD
from tests.servers.alone import alone
from tests.servers.browser import Pages
from tests.servers.commands import CHECKOUT
from tests.servers.migrated import NAME
from tests.servers.ports import free_port, wait_until
from tests.servers.product import Product
from tests.servers.smtp_sink import SmtpSink
from tools import pseudo

ADDRESS = "hello@fleur.example"
CARLA = "Carla Conti <carla@example.org>"


def mail(
    words: str, *, sender: str = CARLA, to: str = ADDRESS, subject: str = "Tulips", **headers: str
) -> EmailMessage:
    """A mail as a customer's program writes it. `headers` in Python spelling: in_reply_to."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Message-ID"] = headers.pop("message_id", f"<{abs(hash((words, sender, subject)))}@mail.example.org>")
    message["Date"] = "Fri, 20 Nov 2026 10:00:00 +0000"
    for name, value in headers.items():
        message[name.replace("_", "-").title()] = value
    message.set_content(words)
    return message


@dataclass
class Shop:
    """A furnished, running product with a mail door and a mail server that keeps what customers receive."""

    product: Product
    sink: SmtpSink
    door: int
    open_page: Pages
    pages: dict[str, Page] = field(default_factory=dict)

    def receives(self, message: EmailMessage) -> None:
        """The mail server of the company forwards a mail to the door, which says 250."""
        self.receives_raw(message.as_bytes(policy=policy.SMTP))

    def receives_raw(self, raw: bytes) -> None:
        """Bytes at the door; their acceptance means that they are stored."""
        with smtplib.SMTP("127.0.0.1", self.door, timeout=20) as client:
            client.sendmail("bounces@example.org", [ADDRESS], raw)

    def customer_got(self, count: int = 1) -> EmailMessage:
        """The newest of `count` mails that customers received."""
        received = self.sink.wait_for(count, seconds=20)[count - 1]
        message = message_from_bytes(received.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        return message

    def desk_of(self, who: str, size: Any = "laptop") -> Page:
        """Somebody signed in, looking at all open conversations."""
        if who not in self.pages:
            page = self.open_page(size, base_url=self.product.url)
            comes_in(page, who)
            self.pages[who] = page
        page = self.pages[who]
        page.goto("/inbox/?view=open")
        return page


def signs_in(page: Page, who: str) -> None:
    """Somebody fills in the form that the page shows."""
    page.fill("input[name=login]", f"{who}@fleur.example")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/today/")


def comes_in(page: Page, who: str) -> None:
    """As `signs_in`, but the page shows neither the form nor what comes after it: most stories begin later."""
    page.request.get("/accounts/login/")
    token = next(cookie["value"] for cookie in page.context.cookies() if cookie.get("name") == "csrftoken")
    form = {"csrfmiddlewaretoken": token, "login": f"{who}@fleur.example", "password": PASSWORD}
    answer = page.request.post("/accounts/login/", form={**form}, max_redirects=0)
    assert answer.status == 302, f"{who} does not come in: {answer.status}"


def row(page: Page, subject: str) -> Any:
    """The list's row with this subject."""
    return page.locator(".row", has_text=subject)


def opens(page: Page, subject: str) -> None:
    """Somebody opens a conversation from the list."""
    row(page, subject).locator(".row__link").click()
    expect(page.locator(".conversation__title h2")).to_have_text(subject)


def writes(page: Page, words: str, *, form: str = "reply") -> None:
    """Somebody types into the composer."""
    if form == "note":
        page.locator('label[data-key="n"]').click()
    box = page.locator(f"#{form}-form .ProseMirror")
    box.click()
    page.keyboard.type(words)


def replies(page: Page, words: str) -> None:
    """Somebody types an answer and sends it."""
    writes(page, words)
    page.locator("#reply-form button[data-send]").click()


def furnish(product: Product, **wishes: Any) -> None:
    """Make the company in a product that has not been started."""
    subprocess.run(
        [sys.executable, "-m", "tests.journeys.furnishing", json.dumps(wishes)],
        env=product.environment, cwd=CHECKOUT, check=True,
    )  # fmt: skip


@dataclass
class Templates:
    """Furnished data folders, to be copied: furnishing costs as much as a whole journey. All processes of a run share them."""

    folder: Path

    def furnish(self, product: Product, *, smtp_port: int, **wishes: Any) -> None:
        """As `furnish`; a second wish for the same is answered by a copy. With PostgreSQL always from the beginning."""
        if product.database:
            furnish(product, smtp_port=smtp_port, **wishes)
            return
        name = sha256(json.dumps(wishes, sort_keys=True).encode()).hexdigest()
        kept, making = self.folder / name, self.folder / f"{name}.making"
        with alone(self.folder / f"{name}.lock"):
            if not kept.exists():
                furnish(product, smtp_port=smtp_port, **wishes)
                shutil.rmtree(making, ignore_errors=True)  # somebody was interrupted
                shutil.copytree(product.home, making).rename(kept)
        shutil.copytree(kept, product.home, dirs_exist_ok=True)
        with closing(sqlite3.connect(product.home / NAME)) as database, database:
            statement = "UPDATE channels_inbox SET settings = json_set(settings, '$.smtp.port', ?)"
            assert database.execute(statement, [smtp_port]).rowcount == 1


@dataclass
class Surroundings:
    """What a shop needs around it. `make` makes a product without starting it."""

    make: Callable[..., Product]
    templates: Templates
    sink: SmtpSink
    open_page: Pages


def new_shop(around: Surroundings, **wishes: Any) -> Shop:
    """A furnished shop, running."""
    door = free_port()
    settings = {"RAPPORT_MAIL_DOOR": f"smtp://127.0.0.1:{door}", "RAPPORT_UNDO_SECONDS": str(wishes.pop("undo", 1))}
    if pseudo_languages := wishes.pop("pseudo", False):
        settings["DJANGO_SETTINGS_MODULE"] = "tests.pseudo.settings"
    product = around.make(**settings)
    if pseudo_languages:
        pseudo.write(product.home / "pseudo")
    around.templates.furnish(product, smtp_port=around.sink.port, **wishes)
    product.start()
    wait_until(lambda: _listens(door), seconds=20, what="the mail door")
    return Shop(product, around.sink, door, around.open_page)


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False
