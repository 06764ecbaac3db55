"""Stored pictures as pages may show them: drawn anew once, kept beside the store, and made again when they are gone."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from django.conf import settings

from rapport.files import storing
from rapport.kit import clock, pictures
from rapport.kit.pictures import MIME, PictureRefused

__all__ = ["MIME", "PictureRefused", "draw", "drawn", "forget_unused", "is_refused"]

KEPT = timedelta(days=30)


def drawn(sha256: str) -> Path | None:
    """The stored file's picture, when it has been drawn; None before."""
    path = _path(sha256)
    return path if path.exists() and not is_refused(sha256) else None


def is_refused(sha256: str) -> bool:
    """Whether drawing was tried and the file is no picture, damaged, or too large."""
    path = _path(sha256)
    return path.exists() and not path.stat().st_size


def draw(sha256: str) -> Path:
    """The stored file's picture, drawn now unless it was: that takes up to seconds, so never in the page thread.

    That it cannot be drawn is remembered. Raises PictureRefused, FileNotFoundError.
    """
    if found := drawn(sha256):
        return found
    path = _path(sha256)
    if is_refused(sha256):
        raise PictureRefused
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        pictures.draw_anew(storing.path_of(sha256), path)
    except PictureRefused:
        path.touch(mode=0o600)
        raise
    return path


def forget_unused() -> int:
    """Remove pictures that were drawn more than 30 days ago; whoever looks again has them drawn again."""
    before = clock.now().timestamp() - KEPT.total_seconds()
    old = [path for path in _root().glob("??/*") if path.stat().st_mtime < before]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _root() -> Path:
    root: Path = settings.ENVIRONMENT.home / "pictures"
    return root


def _path(sha256: str) -> Path:
    storing.path_of(sha256)  # refuses anything but a hash
    return _root() / sha256[:2] / f"{sha256}.webp"
