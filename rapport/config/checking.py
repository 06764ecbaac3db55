"""The doctor: what is wrong with this installation, in sentences that name the cure."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks as django_checks
from django.db import DatabaseError, connection

from rapport.kit import clock

LOW_SPACE_BYTES = 500 * 1024 * 1024
OLDEST_POSTGRESQL = 15
SILENT_AFTER = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `cure` is empty when it is well; `is_fatal`: Rapport cannot work like this."""

    what: str
    cure: str = ""
    is_fatal: bool = False


def examine() -> Iterator[Finding]:
    """Look at everything, in order; a check that cannot be made is a finding too."""
    for look in CHECKS:
        try:
            yield from look()
        except Exception as error:
            yield Finding(f"{look.__name__.removeprefix('_')} could not be checked", f"{type(error).__name__}: {error}")


def _data_folder() -> Iterator[Finding]:
    home = Path(settings.ENVIRONMENT.home)
    if not os.access(home, os.W_OK | os.X_OK):
        yield Finding(f"The data folder {home} cannot be written", "Give it to the user that runs Rapport.", True)
        return
    free = shutil.disk_usage(home).free
    if free < LOW_SPACE_BYTES:
        yield Finding(
            f"Only {free // 2**20} MB are free for {home}", "Free some space; mail is refused without it.", True
        )
    else:
        yield Finding(f"The data folder {home} can be written and has {free // 2**20} MB free")


def _key_file() -> Iterator[Finding]:
    key_file = Path(settings.ENVIRONMENT.key_file)
    open_to_others = key_file.stat().st_mode & 0o077
    cure = f"chmod 600 {key_file}" if open_to_others else ""
    yield Finding(f"The key file {key_file} is " + ("open to other users" if cure else "closed to others"), cure)


def _database() -> Iterator[Finding]:
    from django.db.migrations.executor import MigrationExecutor

    try:
        connection.ensure_connection()
    except DatabaseError as error:
        yield Finding("The database does not answer", str(error).strip(), True)
        return
    executor = MigrationExecutor(connection)
    behind = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if behind:
        yield Finding(f"The database is {behind} steps behind this version", "Run `rapport migrate`.", True)
    else:
        yield Finding(f"The database ({connection.display_name}) answers and is up to date")
    if connection.vendor == "postgresql" and connection.get_database_version()[0] < OLDEST_POSTGRESQL:
        yield Finding("This PostgreSQL is too old", f"Use version {OLDEST_POSTGRESQL} or newer.")


def _public_address() -> Iterator[Finding]:
    environment = settings.ENVIRONMENT
    base = urlsplit(environment.base_url)
    is_here = base.hostname in ("127.0.0.1", "localhost", "::1")
    if base.scheme == "http" and not is_here:
        yield Finding(
            f"{environment.base_url} is not encrypted", "Put a proxy with TLS in front; set RAPPORT_BASE_URL."
        )
    elif base.scheme == "https" and not environment.trusted_proxies:
        yield Finding(
            "RAPPORT_TRUSTED_PROXIES is empty though the public address is https",
            "Name the proxy's address, or every visitor seems to come from it and sign-in limits hit all at once.",
        )
    else:
        yield Finding(f"People reach Rapport at {environment.base_url}")


def _workers() -> Iterator[Finding]:
    from rapport.reactions import schedule

    earliest = clock.now() - SILENT_AFTER
    beats = schedule.heartbeats()
    silent = [name for name, row in beats.items() if not row.last_success_at or row.last_success_at < earliest]
    if not beats or len(silent) == len(beats):
        yield Finding("No worker is running", "Start `rapport run`, or `rapport worker` beside `rapport web`.")
        return
    for name in silent:
        yield Finding(f"The loop {name!r} is silent", beats[name].last_error or "Look into the worker's log.")
    if not silent:
        yield Finding("The worker is running")


def _hold() -> Iterator[Finding]:
    from rapport.people import installing

    if installing.is_held():
        yield Finding(
            "This is a restored copy on hold: nothing is sent", "Run `rapport restore --release` to end that."
        )


def _given_up() -> Iterator[Finding]:
    from rapport.reactions.models import ReactionRetry

    dead = ReactionRetry.objects.filter(state=ReactionRetry.State.DEAD).count()
    if dead:
        yield Finding(f"{dead} reactions were given up", "The status page shows why and can try them again.")


def _accounts() -> Iterator[Finding]:
    from rapport.people.models import Account

    if not Account.objects.filter(is_active=True).exists():
        yield Finding(
            "Nobody can sign in yet", "Start `rapport run` and type its code at /start/, or use `rapport invite`."
        )


def _django() -> Iterator[Finding]:
    for message in django_checks.run_checks():
        if message.level >= django_checks.ERROR and not message.is_silenced():
            yield Finding(str(message.msg), str(message.hint or "This is a fault of Rapport: please report it."), True)


CHECKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    _data_folder, _key_file, _public_address, _database, _accounts, _workers, _hold, _given_up, _django,
)  # fmt: skip
