"""RFC 2047 encoded words, as real mailers write them: split characters, split base64, words glued to text."""

from __future__ import annotations

import binascii
import re

from rapport.channels.email.parsing.base64_runs import decode_base64
from rapport.channels.email.parsing.charsets import decode_text

# The payload never reaches over the start of another word, so that time stays linear on words without an end.
_WORD = re.compile(
    r"=\?([A-Za-z0-9_.:+-]{1,40})(?:\*[A-Za-z0-9-]{0,40})?\?([bBqQ])\?((?:[^?=]++|=(?!\?[A-Za-z0-9])|\?(?!=))*+)\?="
)
_SPACE = re.compile(r"[ \t\r\n]*")


def decode_words(value: str) -> str:
    """`value` with its encoded words decoded; what is no valid word stays as it is."""
    if "=?" not in value:
        return value
    pieces: list[str] = []
    run = _Run()
    end = 0
    for match in _WORD.finditer(value):
        between = value[end : match.start()]
        charset, encoding, payload = match.group(1).lower(), match.group(2).lower(), match.group(3)
        if run and _SPACE.fullmatch(between):
            if run.charset != charset:
                pieces.append(run.text())
                run = _Run()
        else:
            pieces += (run.text(), between)
            run = _Run()
        run.add(charset, encoding, payload)
        end = match.end()
    pieces += (run.text(), value[end:])
    return "".join(pieces)


class _Run:
    """Neighbouring words of one charset: their bytes are joined before decoding, as characters may be split."""

    def __init__(self) -> None:
        self.charset = ""
        self._decoded: list[bytes] = []
        self._base64 = ""

    def __bool__(self) -> bool:
        return bool(self.charset)

    def add(self, charset: str, encoding: str, payload: str) -> None:
        self.charset = charset
        if encoding == "b":
            self._base64 += payload.strip()
            if payload.endswith("=") or len(self._base64) % 4 == 0:
                self._flush()
            return
        self._flush()
        raw = payload.replace("_", " ").encode("utf-8", "replace")
        self._decoded.append(binascii.a2b_qp(raw))

    def _flush(self) -> None:
        if self._base64:
            self._decoded.append(decode_base64(self._base64.encode("ascii", "ignore")))
            self._base64 = ""

    def text(self) -> str:
        """What was gathered, decoded; '' if nothing was."""
        if not self.charset:
            return ""
        self._flush()
        return decode_text(b"".join(self._decoded), self.charset)
