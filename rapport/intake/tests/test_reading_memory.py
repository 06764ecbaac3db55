"""What reading a mail takes of memory, measured at the child itself: the peak of what it ever had, as the kernel counts."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

import pytest

from rapport.intake import budget
from rapport.intake.parsing_child import ParseChild

MEGABYTE = 1024 * 1024
HEAD = b"From: rosa@garden.example\r\nSubject: Roses\r\nMIME-Version: 1.0\r\n"
MIXED = HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
FILE = b"Content-Disposition: attachment; filename=a.bin\r\n"


def _filled(piece: bytes, megabytes: float) -> bytes:
    return piece * int(megabytes * MEGABYTE / len(piece))


def _encoded(megabytes: float) -> bytes:
    return _filled(base64.encodebytes(bytes(range(57))).replace(b"\n", b"\r\n"), megabytes)


def _uuencoded(megabytes: float) -> bytes:
    return b"begin 644 a.bin\r\n" + _filled(b"M" + b"#" * 60 + b"\r\n", megabytes) + b"`\r\nend\r\n"


def _in_messages(inside: bytes, levels: int) -> bytes:
    return HEAD + b"Content-Type: message/rfc822\r\n\r\n" * levels + inside


def peak_of_reading(raw: bytes) -> tuple[int, list[str], list[int]]:
    """Megabytes at the child's peak, what it said, and the sizes of the files it found."""
    with ParseChild() as child:
        process = child._start()
        child.ask(raw)
        assert child.has_answered(within=60)
        status = Path(f"/proc/{process.pid}/status").read_text("ascii")
        (inbound,) = child.answer()
    (peak,) = (line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
    return int(peak) // 1024, inbound.problems, [file.size for file in inbound.attachments]


BASE64 = FILE + b"Content-Transfer-Encoding: base64\r\n\r\n"
HONEST: dict[str, tuple[Callable[[], bytes], int]] = {
    # what comes, and the megabytes its reading may take: the interpreter, the mail, its files, and little more
    "one file in base64": (lambda: MIXED + b"--b\r\n\r\nhi\r\n--b\r\n" + BASE64 + _encoded(48) + b"\r\n--b--\r\n", 130),
    "one file as it is": (lambda: MIXED + b"--b\r\n" + FILE + b"\r\n" + _filled(b"petals\r\n", 16) + b"\r\n--b--\r\n", 70),
    "one file in uuencode": (lambda: HEAD + b"\r\nhi\r\n\r\n" + _uuencoded(16), 85),
    "a forwarded mail with a file": (lambda: _in_messages(b"Subject: inside\r\n" + BASE64 + _encoded(16), 1), 85),
}  # fmt: skip
HOSTILE: dict[str, tuple[Callable[[], bytes], str, int]] = {
    # what comes, the limit that is said, and the megabytes
    "parts": (lambda: MIXED + _filled(b"--b\r\n\r\nx\r\n", 12) + b"--b--\r\n", "1000 parts", 50),
    "headers": (lambda: _filled(b"X-A: b\r\n", 12) + HEAD + b"\r\nx", "1000 headers", 50),
    "folds of a header": (lambda: HEAD + b"X-A: b\r\n" + _filled(b" \r\n", 12) + b"\r\nx", "65536 bytes", 50),
    "depth": (lambda: _in_messages(_filled(b"Content-Type: message/rfc822\r\n\r\n", 1), 1), "deeper than 32", 75),
    "the same bytes at every depth": (lambda: _in_messages(b"\r\n" + _filled(b"petals\r\n", 8), 20), "of files", 160),
    "text": (lambda: HEAD + b"\r\n" + _filled(b"All the roses\r\n", 12), "of text", 75),
    "length": (lambda: HEAD + b"\r\n" + _filled(b"Roses\r\n", 55), "longer than", 170),
}  # fmt: skip


@pytest.mark.timeout(120)
@pytest.mark.parametrize("name", HONEST)
def test_a_heavy_mail_is_read_whole_without_copies(name: str) -> None:
    make, most = HONEST[name]
    peak, problems, sizes = peak_of_reading(make())
    assert problems == []
    assert max(sizes) > 10 * MEGABYTE
    assert peak <= most < budget.MEMORY // MEGABYTE


@pytest.mark.timeout(120)
@pytest.mark.parametrize("name", HOSTILE)
def test_a_mail_beyond_a_limit_is_read_up_to_it_and_takes_no_more_memory_than_an_honest_one(name: str) -> None:
    make, said, most = HOSTILE[name]
    peak, problems, _ = peak_of_reading(make())
    assert any(said in problem for problem in problems), problems
    assert peak <= most < budget.MEMORY // MEGABYTE
