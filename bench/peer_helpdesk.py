"""One round of django-helpdesk's own mail intake. Runs in the peer's environment, which has none of our packages.

It runs as it does behind `get_email` with a local mailbox: its own loop over a folder of mails, its default settings,
attachments on, its mails to a back end that drops them. In its favour: SQLite gets a write-ahead log (its default is
the slower journal), and the mails lie in the folder before the clock starts.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench.corpus import SHOP, Mail, generate
from bench.report import processor_seconds

WARM_UP = 40
BATCH = 20  # a folder of them at a time, so that an answer seldom comes before what it answers
APPS = ["admin", "auth", "contenttypes", "sessions", "sites", "messages", "staticfiles", "humanize"]


def configure(home: Path, database_url: str) -> None:
    """Django with the peer in it and as little else as its documentation asks for."""
    import django
    from django.conf import settings

    settings.configure(
        SECRET_KEY="for a measurement",
        DATABASES={"default": _postgresql(database_url) if database_url else _sqlite(home)},
        INSTALLED_APPS=[*(f"django.contrib.{app}" for app in APPS), "rest_framework", "helpdesk"],
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
        ROOT_URLCONF="bench.peer_urls",
        EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend",
        MEDIA_ROOT=str(home / "media"),
        SITE_ID=1,
        USE_TZ=True,
        STATIC_URL="/static/",
        HELPDESK_TEAMS_MODE_ENABLED=False,  # would need a package more
    )
    django.setup()
    logging.disable(logging.CRITICAL)


def _sqlite(home: Path) -> dict[str, Any]:
    pragmas = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
    options = {"init_command": pragmas, "transaction_mode": "IMMEDIATE", "timeout": 20}
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(home / "peer.sqlite3"), "OPTIONS": options}


def _postgresql(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": parts.username,
        "PASSWORD": parts.password or "",
        "HOST": parts.hostname,
        "PORT": parts.port,
    }


def prepare(home: Path, *, answers: bool) -> Any:
    """Tables and one queue. Unless it `answers` it has no words for its mails and writes none."""
    from django.core.management import call_command
    from helpdesk.models import EmailTemplate, Queue  # type: ignore[import-not-found]

    call_command("migrate", verbosity=0)
    if not answers:
        EmailTemplate.objects.all().delete()
    return Queue.objects.create(
        title="Shop", slug="shop", email_address=SHOP, allow_email_submission=True, email_box_type="local",
        email_box_local_dir=str(home / "mail"), locale="en",
    )  # fmt: skip


def lay_out(folder: Path, mails: Sequence[Mail]) -> list[Path]:
    """The mails as files, a folder a batch."""
    folders = []
    for at in range(0, len(mails), BATCH):
        batch = folder / f"{at:06d}"
        batch.mkdir(parents=True)
        for mail in mails[at : at + BATCH]:
            (batch / f"{mail.number:06d}.eml").write_bytes(mail.raw)
        folders.append(batch)
    return folders


def take(queue: Any, folders: Sequence[Path]) -> float:
    """Let its loop take every mail; the seconds that took."""
    from helpdesk.email import process_queue  # type: ignore[import-not-found]

    logger = logging.getLogger("peer")
    started = time.perf_counter()
    for folder in folders:
        queue.email_box_local_dir = str(folder)
        process_queue(queue, logger)
    return time.perf_counter() - started


def check(mails: Sequence[Mail]) -> None:
    """Every mail is a message of a ticket, and the files are there."""
    from helpdesk.models import FollowUp, FollowUpAttachment

    stored = FollowUp.objects.values("message_id").distinct().count()
    files = FollowUpAttachment.objects.count()
    if stored != len(mails) or files < sum(mail.has_attachment for mail in mails):
        raise SystemExit(f"{stored} messages and {files} files of {len(mails)} mails")


def main(home: str, database_url: str, count: str, seed: str, how: str) -> None:
    """`how`: answers or silent. Prints seconds and processor time as JSON."""
    configure(Path(home), database_url)
    queue = prepare(Path(home), answers=how == "answers")
    mails = list(generate(WARM_UP + int(count), seed=int(seed)))
    take(queue, lay_out(Path(home) / "warm", mails[:WARM_UP]))
    folders = lay_out(Path(home) / "mail", mails[WARM_UP:])
    spent = processor_seconds(os.getpid())
    seconds = take(queue, folders)
    cpu = processor_seconds(os.getpid()) - spent
    check(mails)
    print(json.dumps({"seconds": seconds, "cpu": cpu}))


if __name__ == "__main__":
    main(*sys.argv[1:])
