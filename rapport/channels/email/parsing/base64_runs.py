"""Base64 as mail brings it, decoded piece by piece: a file of 50 MB is never in memory twice."""

from __future__ import annotations

import binascii
import io
import re

_PIECE = 1024 * 1024
_RUN = re.compile(rb"[^=]+")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")


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
            carry = letters[whole:]
        except binascii.Error:
            carry = _decode_runs(letters, decoded)
    _end_run(_NOT_BASE64.sub(b"", carry.split(b"=", 1)[0]), decoded)
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
