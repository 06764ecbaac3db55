"""The picture child: one picture in on standard input, drawn anew on standard output. Exit code 1 for no picture.

It has no Django, settings or secrets, and bounds on memory, time and files, so that a hostile picture can take nothing
down but this process.
"""

from __future__ import annotations

import os
import resource
import sys
from contextlib import suppress
from typing import BinaryIO

MOST_PIXELS = 50_000_000
LONGEST_SIDE = 2400
MEMORY = 1024 * 1024 * 1024
CPU_SECONDS = 10
MOST_BYTES_OUT = 50 * 1024 * 1024
QUALITY = 85


def main() -> int:
    """Draw standard input on standard output."""
    _limit_itself()
    try:
        _draw(sys.stdin.buffer, sys.stdout.buffer)
    except Exception:  # whatever a decoder stumbles over: there is no picture
        return 1
    return 0


def _draw(source: BinaryIO, target: BinaryIO) -> None:
    from PIL import Image, ImageOps

    with Image.open(source, formats=("PNG", "JPEG", "GIF", "WEBP")) as given:
        # Before any pixel is decoded: what the header promises is what decoding would cost.
        if given.width * given.height > MOST_PIXELS:
            raise ValueError("too many pixels")
        given.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        upright = ImageOps.exif_transpose(given)
        has_holes = upright.has_transparency_data
        drawn = upright.convert("RGBA" if has_holes else "RGB")
    drawn.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    plain = Image.new(drawn.mode, drawn.size)
    plain.paste(drawn)  # pixels alone: what a decoder noted beside them stays behind
    plain.save(target, "WEBP", quality=QUALITY, method=2)


def _limit_itself() -> None:
    """No core files, few open files, bounded memory, time and output, lowest claim to the processor."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_BYTES_OUT, MOST_BYTES_OUT))
    with suppress(OSError):
        os.nice(5)


if __name__ == "__main__":
    sys.exit(main())
