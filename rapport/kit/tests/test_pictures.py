"""Pictures from strangers come out as pixels or not at all."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import zlib

import pytest
from PIL import Image

from rapport.kit import pictures
from rapport.kit.pictures import PictureRefused


def saved(picture: Image.Image, kind: str, **more: object) -> bytes:
    written = io.BytesIO()
    picture.save(written, kind, **more)
    return written.getvalue()


@pytest.fixture
def draw(tmp_path):
    """Draws some bytes anew; the picture that came out."""

    def drawn(data: bytes) -> Image.Image:
        source, target = tmp_path / "in", tmp_path / "out"
        source.write_bytes(data)
        try:
            pictures.draw_anew(source, target)
        finally:
            left = {path.name for path in tmp_path.iterdir()}
            assert left <= {"in", "out"}
        assert target.stat().st_mode & 0o777 == 0o600
        return Image.open(target)

    return drawn


def test_the_four_kinds_come_out_as_one_with_their_colours(draw):
    for kind in ("PNG", "JPEG", "GIF", "WEBP"):
        out = draw(saved(Image.new("RGB", (40, 30), (200, 30, 30)), kind))
        assert (out.format, out.size) == ("WEBP", (40, 30))
        red, green, blue = out.convert("RGB").getpixel((20, 15))
        assert (red > 180, green < 50, blue < 50) == (True, True, True), kind


def test_nothing_beside_the_pixels_comes_along_and_a_photo_stands_upright(draw):
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "Rua das Flores 1, canary"
    data = saved(Image.new("RGB", (40, 30)), "JPEG", exif=exif, comment=b"canary") + b"<script>canary"
    out = draw(data)
    assert out.size == (30, 40)
    assert b"canary" in data
    assert not out.getexif()
    assert out.info.keys().isdisjoint({"exif", "xmp", "icc_profile", "comment"})


def test_holes_stay_holes_and_a_large_picture_fits_a_screen(draw):
    assert draw(saved(Image.new("RGBA", (20, 20), (9, 9, 9, 0)), "PNG")).getpixel((5, 5))[3] == 0
    assert draw(saved(Image.new("L", (5000, 40)), "PNG")).size == (2400, 19)


def bomb(width: int, height: int) -> bytes:
    """A PNG whose header promises so many pixels; there is hardly a byte of them."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 999)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    "data",
    [
        saved(Image.new("1", (7200, 7200)), "PNG"), bomb(7100, 7100), bomb(2**31 - 1, 2**31 - 1), bomb(1, 2**31 - 1), b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"GIF89a/*<script>*/", saved(Image.new("RGB", (900, 900)), "JPEG")[:300], saved(Image.new("RGB", (9, 9)), "TIFF"),
        saved(Image.new("RGB", (9, 9)), "BMP"), b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", saved(Image.new("RGB", (9, 9)), "PDF"),
    ],
    ids=["52 million", "51 million", "endless", "one row", "empty", "svg", "no gif", "cut", "tiff", "bmp", "eps", "pdf"],
)  # fmt: skip
def test_what_is_no_picture_of_these_or_too_large_is_refused(draw, data):
    with pytest.raises(PictureRefused):
        draw(data)


def test_the_child_knows_neither_django_nor_settings():
    code = "import sys, rapport.kit.picture_child; print(sorted(m for m in sys.modules if 'django' in m or 'settings' in m))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
