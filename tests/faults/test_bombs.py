"""R-18: bombs, one by one: each costs its reader bounded time and memory, and the mail behind it is read as ever."""

from __future__ import annotations

import base64
import gzip
import io
import os
import struct
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from bench.corpus import generate
from rapport.intake import budget
from rapport.intake.errors import ParseFailed
from rapport.intake.parsing_child import ParseChild
from tests.faults.poisons import HEAD, KINDS

pytestmark = pytest.mark.skipif(
    os.environ.get("RAPPORT_TEST_DATABASE") == "postgresql",
    reason="touches no database; the run on SQLite has shown it",
)
MIB = 1024 * 1024
SHARED = 64 * MIB  # pages of the interpreter and its libraries, which count as resident and cost nothing
TICKS = os.sysconf("SC_CLK_TCK")


def _file(data: bytes, name: str, kind: str = "application/zip") -> bytes:
    head = f"Content-Type: {kind}; name={name}\r\nContent-Transfer-Encoding: base64\r\n\r\n".encode()
    return head + base64.encodebytes(data).replace(b"\n", b"\r\n")


def _zip_of_zeros() -> bytes:
    """A hundred megabytes in a tenth of one."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(10):
            archive.writestr(f"{number}.txt", bytes(10 * MIB))
    return _file(target.getvalue(), "bomb.zip")


def _zip_in_zip() -> bytes:
    data, name = bytes(MIB), "0.txt"
    for depth in range(30):
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for twin in range(8):
                archive.writestr(f"{twin}-{name}", data)
        data, name = target.getvalue(), f"{depth}.zip"
        if len(data) > MIB:
            break
    return _file(data, "nested.zip")


def _gzip_of_zeros() -> bytes:
    return b"Content-Encoding: gzip\r\n" + _file(gzip.compress(bytes(100 * MIB), 1), "bomb.gz", "application/gzip")


def _wide_picture() -> bytes:
    """A PNG of 50,000 × 50,000 points: ten gigabytes for whoever draws it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress(bytes(20 * MIB), 1)
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 50_000, 50_000, 8, 6, 0, 0, 0))
    return _file(b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", rows) + chunk(b"IEND", b""), "wide.png", "image/png")


def _same_file_again_and_again() -> bytes:
    """Messages inside messages around one file: each level holds all bytes below it."""
    inside = _file(bytes(range(256)) * 8000, "file.bin", "application/octet-stream")
    for level in range(31):
        boundary = b"b%d" % level
        inside = (
            b'Content-Type: multipart/mixed; boundary="' + boundary + b'"\r\n\r\n--' + boundary
            + b"\r\nContent-Type: message/rfc822\r\n\r\n" + inside + b"\r\n--" + boundary + b"--\r\n"
        )  # fmt: skip
    return inside


def _one_line() -> bytes:
    return b"Content-Type: text/html\r\n\r\n" + b"<p>" + b"a" * 20_000_000


def _encoded_word_without_end() -> bytes:
    return b"Subject: =?utf-8?Q?" + b"=41" * 3_000_000 + b"?=\r\nContent-Type: text/plain\r\n\r\nx"


BOMBS: dict[str, Callable[[], bytes]] = {
    made.__name__.strip("_").replace("_", " "): made
    for made in (
        _zip_of_zeros, _zip_in_zip, _gzip_of_zeros, _wide_picture, _same_file_again_and_again, _one_line,
        _encoded_word_without_end,
    )
}  # fmt: skip


@pytest.mark.timeout(900)
def test_every_bomb_costs_little_and_the_mail_behind_it_is_read(rng, tell):
    good = next(generate(1, seed=rng.randrange(10**9)))
    dear: list[tuple[float, int, str]] = []
    with ParseChild() as child:
        for name in (*BOMBS, *KINDS):
            raw = HEAD % (name.encode(), 1) + (BOMBS[name]() if name in BOMBS else KINDS[name](rng))
            child.parse(good.raw)
            outcome, seconds, memory = cost(child, raw)
            dear.append((seconds, memory, f"{name} ({len(raw) / MIB:.1f} MB, {outcome})"))
            # Looks at a clock in ticks and at the memory every fiftieth of a second are not exact to the byte.
            assert seconds <= budget.cpu_seconds(len(raw)) + 0.5, dear[-1]
            assert memory <= budget.MEMORY + SHARED, dear[-1]
            [after] = child.parse(good.raw)
            assert good.token in after.text, name
    slowest, fattest = max(dear), max(dear, key=lambda each: each[1])
    tell(
        f"{len(dear)} bombs; slowest {slowest[0]:.2f} s: {slowest[2]}; largest {fattest[1] / MIB:.0f} MB: {fattest[2]}"
    )


def cost(child: ParseChild, raw: bytes) -> tuple[str, float, int]:
    """What became of a mail, and what its reader took for it: processor seconds, and the most resident bytes."""
    assert child._process is not None
    reader = Path(f"/proc/{child._process.pid}")
    (reader / "clear_refs").write_text("5")  # the peak counts from here
    before, seconds, memory = spent(reader), 0.0, 0
    try:
        child.ask(raw)
        is_done = False
        while not is_done:
            is_done = child.has_answered(within=0.02)
            with suppress(OSError, IndexError):  # ended by its limits: the last look counts
                seconds, memory = spent(reader) - before, most_resident(reader)
        parsed = child.answer()
    except ParseFailed as failure:
        return str(failure), seconds, memory
    return f"read with {len(parsed[0].problems)} remarks", seconds, memory


def spent(reader: Path) -> float:
    fields = (reader / "stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def most_resident(reader: Path) -> int:
    return 1024 * int((reader / "status").read_text().partition("VmHWM:")[2].split()[0])
