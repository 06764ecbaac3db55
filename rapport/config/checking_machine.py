"""The doctor's looks at this machine: folders and files, disk, clock, keys, ports."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Iterator
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

from rapport.config.findings import Finding
from rapport.kit import clock, http

LOW_SPACE_BYTES = 500 * 1024 * 1024
_SHOWN = 5
_SECONDS = 10.0
# The operator named the address in the environment, so the guard for targets set in the browser does not apply.
_OPERATORS_OWN = (ip_network("0.0.0.0/0"), ip_network("::/0"))
_OWN = ("files", "spool", "run", "practice")


def _data_folder() -> Iterator[Finding]:
    home = Path(settings.ENVIRONMENT.home)
    if not os.access(home, os.W_OK | os.X_OK):
        yield Finding(f"The data folder {home} cannot be written", "Give it to the user that runs Rapport.", True)
        return
    usage = shutil.disk_usage(home)
    free, percent = usage.free // 2**20, round(100 * (usage.total - usage.free) / usage.total)
    if usage.free < LOW_SPACE_BYTES:
        yield Finding(f"Only {free} MB are free for {home}", "Free some space; mail is refused without it.", True)
    elif percent >= 90:
        yield Finding(f"The disk of {home} is {percent} % full ({free} MB free)", "Free some space in time.")
    else:
        yield Finding(f"The data folder {home} can be written and has {free} MB free")


def _modes() -> Iterator[Finding]:
    """What lies in the data folder is for one user alone; its first two levels stand for the rest."""
    home = Path(settings.ENVIRONMENT.home)
    inside = [path for name in _OWN for path in (home / name).glob("*")]
    candidates = [home, *home.iterdir(), *inside[:2000]]
    wide = [path for path in candidates if not path.is_symlink() and stat.S_IMODE(path.stat().st_mode) & 0o077]
    if wide:
        named = ", ".join(str(path) for path in wide[:_SHOWN]) + (" and others" if len(wide) > _SHOWN else "")
        yield Finding(f"Other users may open {named}", f"chmod -R u=rwX,go= {home}")
    else:
        yield Finding("Folders (0700) and files (0600) are closed to other users")


def _key_file() -> Iterator[Finding]:
    key_file = Path(settings.ENVIRONMENT.key_file)
    open_to_others = key_file.stat().st_mode & 0o077
    cure = f"chmod 600 {key_file}" if open_to_others else ""
    yield Finding(f"The key file {key_file} is " + ("open to other users" if cure else "closed to others"), cure)


def _clock() -> Iterator[Finding]:
    """PostgreSQL has a clock of its own; SQLite has this one, so only jumps show (an alarm)."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        apart = abs((cursor.fetchone()[0] - clock.now()).total_seconds())
    cure = "Let a time service keep both clocks." if apart > 5 else ""
    yield Finding(f"This machine's clock and that of PostgreSQL are {apart:.1f} s apart", cure)


def _answering() -> Iterator[Finding]:
    """Whether the web process answers on this machine."""
    environment = settings.ENVIRONMENT
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(environment.host, environment.host)  # noqa: S104 - looked up
    shown = f"[{host}]" if ":" in host else host
    headers = {"Host": urlsplit(environment.base_url).netloc}
    try:
        address = f"http://{shown}:{environment.port}/health/"
        answer = http.request("GET", address, headers=headers, timeout=_SECONDS, allow_nets=_OPERATORS_OWN)
    except (http.RequestFailed, http.ConnectionDenied) as failure:
        yield Finding(
            f"No page is answered at {shown}:{environment.port} ({failure})", "Start `rapport run` or `rapport web`."
        )
        return
    cure = "" if answer.status == 200 else "The lines below say what is wrong."
    yield Finding(f"Pages are answered at {shown}:{environment.port} (health: {answer.status})", cure)


def _mail_door() -> Iterator[Finding]:
    from rapport.watching import machine

    door = settings.ENVIRONMENT.mail_door
    if door is None:
        return
    troubles = list(machine.look_at_door(clock.now()))
    for trouble in troubles:
        yield Finding(trouble.sentence.rstrip("."), trouble.cure)
    if not troubles:
        yield Finding(f"The mail door answers at {door.host}:{door.port}")


def _keys() -> Iterator[Finding]:
    """Whether every stored secret can be read; ids of keys that are missing, never a secret."""
    from rapport.channels.models import Inbox
    from rapport.channels.secrets import read_secrets
    from rapport.kit.secrets import SecretUnreadable

    missing: set[str] = set()
    unreadable = []
    for inbox in Inbox.objects.exclude(secrets_encrypted=""):
        try:
            read_secrets(inbox)
        except SecretUnreadable as error:
            unreadable.append(inbox.name)
            missing |= {error.missing_key_id} if error.missing_key_id else set()
    if not unreadable:
        yield Finding("The key file opens every stored password and token")
        return
    named = f" (missing keys: {', '.join(sorted(missing))})" if missing else ""
    cure = "Put back the key file, or enter the passwords again in the settings."
    yield Finding(f"The passwords of {', '.join(unreadable)} cannot be read{named}", cure)


CHECKS: tuple[Callable[[], Iterator[Finding]], ...] = (_data_folder, _modes, _key_file, _answering, _mail_door)
KEY_CHECKS: tuple[Callable[[], Iterator[Finding]], ...] = (_clock, _keys)
