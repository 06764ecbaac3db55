"""File names of attachments: what the sender wrote, made safe to show and to save, never empty."""

from __future__ import annotations

import re
import unicodedata

_NOT_SHOWN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_SEPARATORS = re.compile(r"[/\\\u2044\u2215\u29f8\u29f5\ufe68:*?\"<>|]+")
_SPACES = re.compile(r"\s+")
_DRIVE = re.compile(r"^[A-Za-z]:[\\/]")
LONGEST = 200

ENDINGS = {
    "text/plain": "txt",
    "text/html": "html",
    "text/calendar": "ics",
    "text/csv": "csv",
    "text/x-vcard": "vcf",
    "text/vcard": "vcf",
    "text/rfc822-headers": "txt",
    "text/rtf": "rtf",
    "application/rtf": "rtf",
    "application/pdf": "pdf",
    "application/zip": "zip",
    "application/json": "json",
    "application/xml": "xml",
    "application/msword": "doc",
    "application/vnd.ms-excel": "xls",
    "application/vnd.ms-outlook": "msg",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/pkcs7-mime": "p7m",
    "application/x-pkcs7-mime": "p7m",
    "application/pkcs7-signature": "p7s",
    "application/x-pkcs7-signature": "p7s",
    "application/pgp-signature": "asc",
    "application/pgp-encrypted": "asc",
    "application/pgp-keys": "asc",
    "application/ics": "ics",
    "application/ms-tnef": "dat",
    "message/rfc822": "eml",
    "message/delivery-status": "txt",
    "message/feedback-report": "txt",
    "image/jpeg": "jpg",
    "image/jpg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/bmp": "bmp",
    "image/tiff": "tif",
    "image/svg+xml": "svg",
    "image/heic": "heic",
    "audio/mpeg": "mp3",
    "audio/wav": "wav",
    "audio/ogg": "ogg",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
}


def clean_filename(name: str, mime: str = "", *, stem: str = "attachment") -> str:
    """`name` as one safe file name of at most 200 characters; made up from `stem` and `mime` if nothing is left."""
    if _DRIVE.match(name):
        name = re.split(r"[\\/]", name)[-1]
    text = name[:4000]
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    if not text.isascii() or not text.isprintable():
        text = "".join(
            " " if character in "\t\r\n" else character
            for character in text
            if character in "\t\r\n" or unicodedata.category(character) not in _NOT_SHOWN
        )
    text = _SPACES.sub(" ", _SEPARATORS.sub("_", text)).strip(" ")
    text = text.lstrip(". ").rstrip(". ") or ""
    if not text.strip("._- "):
        ending = ENDINGS.get(mime, "bin" if mime else "")
        return f"{stem}.{ending}" if ending else stem
    return _shortened(text)


def _shortened(text: str) -> str:
    if len(text) <= LONGEST and len(text.encode()) <= 240:
        return text
    head, dot, ending = text.rpartition(".")
    if not dot or len(ending) > 12:
        head, dot, ending = text, "", ""
    while len(f"{head}{dot}{ending}".encode()) > 240 or len(head) + len(ending) + 1 > LONGEST:
        head = head[: min(len(head) - 1, LONGEST)]
    return f"{head}{dot}{ending}"
