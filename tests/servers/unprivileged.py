"""Leaving root behind for servers that refuse to run as root."""

from __future__ import annotations

import os
import pwd
import tempfile
from pathlib import Path
from typing import TypedDict

from tests.servers import memory


class Identity(TypedDict, total=False):
    """The part of Popen's arguments that changes the user."""

    user: int
    group: int
    extra_groups: list[int]


def account(*preferred: str) -> pwd.struct_passwd:
    """The caller, or when the caller is root the first of the preferred users that exists, else `nobody`."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    for name in (*preferred, "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError(f"none of the users {preferred} nor nobody exists to run a server as")


def identity(user: pwd.struct_passwd) -> Identity:
    """Popen arguments to run as this user; empty when that is already so."""
    if user.pw_uid == os.geteuid():
        return {}
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def folder_of(user: pwd.struct_passwd, prefix: str, *, on_disk: bool = False) -> Path:
    """A new private folder that this user owns; in memory where there is room, unless its disk is what matters."""
    # Not below TMPDIR: that may be a private folder which the unprivileged user cannot enter.
    above = None if on_disk else memory.place()
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=above or "/tmp"))
    if user.pw_uid != os.geteuid():
        os.chown(folder, user.pw_uid, user.pw_gid)
    return folder


def give(folder: Path, user: pwd.struct_passwd) -> None:
    """Make a private folder, if it is not there, and let this user own it; those above it must let the user through."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if user.pw_uid != os.geteuid():
        os.chown(folder, user.pw_uid, user.pw_gid)
