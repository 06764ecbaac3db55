"""Pictures from strangers, drawn anew: only what a decoder of ours saw as pixels reaches a browser.

The work is done by `picture_child`, a program of its own under limits; nothing here looks at a stranger's bytes.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

MIME = "image/webp"  # the one kind of picture that comes out, whatever went in
SECONDS = 30.0  # on a crowded machine too; the child itself ends after ten seconds of work


class PictureRefused(Exception):
    """No picture: damaged, of another kind, too large, or too much work."""


def draw_anew(source: Path, target: Path) -> None:
    """Decode the picture in `source` (PNG, JPEG, GIF or WebP) and write its pixels as WebP to `target`, all or nothing.

    What was beside the pixels is gone: places, cameras, comments, hidden files. Of a moving picture the first one
    stays; what is larger than a screen is made smaller. Raises PictureRefused, TimeoutError (nothing is said about the
    picture then), OSError.
    """
    part = target.with_name(f".{target.name}.{os.getpid()}.{threading.get_ident()}.part")
    try:
        with source.open("rb") as given, part.open("wb") as drawn:
            part.chmod(0o600)
            _run(given.fileno(), drawn.fileno())
        if not part.stat().st_size:
            raise PictureRefused
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _run(source: int, target: int) -> None:
    # A bare environment, as for the parse child: it must not see any secret.
    environment = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": os.pathsep.join(sys.path)}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "rapport.kit.picture_child"],
            stdin=source,
            stdout=target,
            stderr=subprocess.DEVNULL,
            env=environment,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise TimeoutError("The picture was not drawn in time.") from None
    if done.returncode:
        raise PictureRefused
