"""Base64 as mail brings it, decoded piece by piece: a file of 50 MB is never in memory twice."""

from __future__ import annotations

import binascii
import io
import re

_PIECE = 1024 * 1024
_RUN = re.compile(rb"[^=]+")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")
# What list servers hang below a part without looking at its encoding: a rule, or words behind the padding.
_FOOTER = re.compile(rb"\n[ \t]*(?:_{4,}|-{4,}|={5,}|--)[ \t]*\r?\n|=[ \t]*\r?\n\s*(?=[^\n=]{0,200}?[A-Za-z] [A-Za-z])")
_URL_SAFE = bytes.maketrans(b"-_", b"+/")


def decode_base64(data: bytes | memoryview) -> bytes:
    """What the letters in `data` stand for, whatever is between them and however they end.

    Some mailers pad every block of their own, so each run of letters up to a padding is decoded by itself.
    """
    decoded = io.BytesIO()
    carry = b""  # letters that are no whole quad yet
    view = memoryview(data)
    for start in range(0, len(view), _PIECE):
        letters = carry + bytes(view[start : start + _PIECE]).translate(None, b"\r\n \t")
        whole = len(letters) & ~3
        try:
            decoded.write(binascii.a2b_base64(letters[:whole], strict_mode=True))
        except binascii.Error:
            return _decode_noisy(view)
        carry = letters[whole:]
    _end_run(_NOT_BASE64.sub(b"", carry.split(b"=", 1)[0]), decoded)
    return decoded.getvalue()


def _decode_noisy(view: memoryview) -> bytes:
    """The same, with other signs between the letters, paddings inside, and perhaps a text behind the last."""
    footer = _FOOTER.search(view)
    view = view[: footer.start() + 1] if footer else view
    end = bytes(view[-8:])
    view = view[: len(view) - len(end) + end.find(b"=3D")] if b"=3D" in end else view  # the padding was encoded again
    beginning = bytes(view[:_PIECE])
    url_safe = b"+" not in beginning and b"/" not in beginning and (b"-" in beginning or b"_" in beginning)
    decoded = io.BytesIO()
    carry = b""
    for start in range(0, len(view), _PIECE):
        letters = bytes(view[start : start + _PIECE]).translate(_URL_SAFE if url_safe else None, b"\r\n \t")
        carry = _decode_runs(carry + letters, decoded)
    _end_run(carry, decoded)
    return decoded.getvalue()


def _decode_runs(letters: bytes, into: io.BytesIO) -> bytes:
    """Decode every run that ends within `letters`; what is left over of one that may go on."""
    carry = b""
    for match in _RUN.finditer(letters):
        run = _NOT_BASE64.sub(b"", match.group())
        if match.end() < len(letters):
            _end_run(run, into)
        else:
            whole = len(run) & ~3
            into.write(binascii.a2b_base64(run[:whole]))
            carry = run[whole:]
    return carry


def _end_run(run: bytes, into: io.BytesIO) -> None:
    """Decode a run with the padding it lacks. A single letter at its end stands for nothing."""
    run = run[:-1] if len(run) % 4 == 1 else run
    if run:
        into.write(binascii.a2b_base64(run + b"=" * (-len(run) % 4)))
