"""`value; name=value` headers (Content-Type, Content-Disposition) with RFC 2231 and without much faith in senders."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from rapport.channels.email.parsing.charsets import decode_text
from rapport.channels.email.parsing.words import decode_words

_PARAMETER = re.compile(
    r"""[;\s]\s*([A-Za-z][A-Za-z0-9_-]*)(?:\*(\d{1,3}))?(\*)?\s*=\s*("(?:[^"\\]++|\\.)*+(?:"|\\?$)|[^;"]*)""", re.S
)
_GAP = re.compile(r"\s{9,}")
_ESCAPE = re.compile(r"\\([\"\\])")
# A parenthesis in quotes or inside a word belongs to it: "roses (1).pdf" is a name.
_COMMENT = re.compile(r"(\"(?:[^\"\\]++|\\.)*+\")|(?<![^\s;])\([^()\"=;]*\)(?=\s*(?:;|\Z))", re.S)
_TYPE = re.compile(r"\s*([A-Za-z0-9!#$&^_.+-]{1,80})/([A-Za-z0-9!#$&^_.+-]{1,127})")


def read_parameters(value: str) -> tuple[str, dict[str, str]]:
    """The main value (lower case, trimmed) and the parameters by lower-case name, decoded."""
    if "(" in value:
        value = _COMMENT.sub(lambda match: match.group(1) or " ", value)
    value = _GAP.sub(" ", value)
    found: dict[str, list[tuple[int, bool, str]]] = {}
    first = re.match(r"\s*([^;\s]*)", value)
    rest = first.end() if first else 0
    for match in _PARAMETER.finditer(value, rest):
        name, index, starred, text = match.groups()
        found.setdefault(name.lower(), []).append((int(index or -1), starred is not None, _unquoted(text)))
    main = first.group(1).lower() if first else ""
    return main, {name: _joined(pieces) for name, pieces in found.items()}


def _unquoted(text: str) -> str:
    if text.startswith('"'):
        # A bare backslash is a Windows path far more often than an escape.
        return _ESCAPE.sub(r"\1", text[1:].removesuffix('"') if len(text) > 1 else "")
    text = text.strip()
    if text[:1] == text[-1:] == "'":
        return text[1:-1]
    return text.strip("'") if text.count("'") != 2 else text


def _joined(pieces: list[tuple[int, bool, str]]) -> str:
    starred = [piece for piece in pieces if piece[1] or piece[0] >= 0]
    if not starred:
        return decode_words(pieces[0][2]).strip()
    whole = [piece for piece in starred if piece[0] < 0]
    ordered = whole[:1] or sorted(starred, key=lambda piece: piece[0])
    charset = ""
    decoded: list[bytes] = []
    for position, (_, percent, text) in enumerate(ordered):
        if percent and position == 0 and text.count("'") >= 2:
            charset, _, text = text.split("'", 2)
        raw = text.encode("utf-8", "replace")
        decoded.append(unquote_to_bytes(raw) if percent else raw)
    return decode_words(decode_text(b"".join(decoded), charset)).strip()


def read_content_type(value: str, default: str = "text/plain") -> tuple[str, dict[str, str]]:
    """The MIME type in lower case (`default` if there is none worth the name) and its parameters."""
    if not value:
        return default, {}
    main, parameters = read_parameters(value)
    match = _TYPE.match(main.strip("\"'"))
    if match:
        return f"{match.group(1)}/{match.group(2)}", parameters
    if main.rstrip("/") == "multipart" and parameters.get("boundary"):
        return "multipart/mixed", parameters
    if main.rstrip("/") == "html":
        return "text/html", parameters
    return default if main.rstrip("/") in ("", "text", "plain") else "application/octet-stream", parameters
