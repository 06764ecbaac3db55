"""Address headers, read strictly: an address is what the grammar says, never what a display name pretends.

The reading is done on the raw header; encoded words are decoded in display names only, after the addresses are known,
so that neither `"a@evil" <b@good>` nor an encoded `>` can move the border between name and address (CVE-2023-27043).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from rapport.channels.contract import Address
from rapport.channels.email.parsing.headers import Headers
from rapport.channels.email.parsing.words import decode_words

_ATOM = r"[^\s()<>\[\]:;@\\,\".\x00-\x1f\x7f]+"
_LOCAL = re.compile(rf"(?:\.?{_ATOM}(?:\.+{_ATOM})*\.?|\"(?:[^\"\\\r\n]|\\[^\r\n])*\")")
_DOMAIN = re.compile(rf"(?:{_ATOM}(?:\.{_ATOM})*\.?|\[[A-Za-z0-9.:-]{{1,64}}\])")
_SPACED = re.compile(r"\s*([.@])\s*")
_ROUTE = re.compile(r"^(?:@[^@:,<>\s]+\s*,?\s*)+:")
_SPACES = re.compile(r"\s+")
_QUOTED = re.compile(r'((?:[^"\\]++|\\.)*+)"', re.S)
_PARENTHESIS = re.compile(r"\\.|[()]", re.S)
_BRACKET_END = re.compile(r'[<>"]')
_SPECIAL = re.compile(r"[\"()<>,;:\\]")
_NOT_SHOWN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
LONGEST = 320


@dataclass(slots=True)
class AddressList:
    """What one or several headers of a kind name: mailboxes in order, and whether the text was plain and honest."""

    addresses: list[Address] = field(default_factory=list)
    odd: bool = False  # groups, several brackets, an address hidden in a name, text that is no address


def read_addresses(values: list[str]) -> AddressList:
    """The mailboxes of the given raw header values, at most 10,000."""
    found = AddressList()
    for value in values:
        for entry in _joined_names(_entries(value)):
            found.odd = found.odd or entry.group
            address = _mailbox(entry, found)
            if address and len(found.addresses) < 10_000:
                found.addresses.append(address)
            elif entry.text() and not address:
                found.odd = True
    return found


def read_sender(headers: Headers) -> tuple[Address | None, bool]:
    """The mailbox the message claims to be from, and whether that claim is suspicious."""
    values = headers.all("from")
    found = read_addresses(values)
    if not found.addresses:
        fallback = (
            read_addresses(headers.all("sender")).addresses or read_addresses(headers.all("return-path")).addresses
        )
        return (fallback[0] if fallback else None), True
    return found.addresses[0], found.odd or len(values) > 1 or len(found.addresses) > 1


@dataclass(slots=True)
class _Entry:
    """The pieces of one list entry: words outside brackets, bracket contents, comments."""

    words: list[str] = field(default_factory=list)
    quoted: list[str] = field(default_factory=list)
    brackets: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    group: bool = False

    def text(self) -> str:
        return "".join(self.words).strip()


def _entries(value: str) -> list[_Entry]:
    entries: list[_Entry] = []
    entry = _Entry()
    scanner = _Scanner(value)
    grouped = False
    for character, text in scanner.tokens():
        if character == "":
            entry.words.append(text)
        elif character == '"':
            entry.words.append(f'"{text}"')
            entry.quoted.append(text)
        elif character == "(":
            entry.comments.append(text)
        elif character == "<":
            entry.brackets.append(text)
        elif character in ",;":
            entries.append(entry)
            grouped = grouped and character == ","
            entry = _Entry(group=grouped)
        elif not entry.brackets and "@" not in entry.text():
            grouped = entry.text().lower() != "mailto"
            entry = _Entry(group=grouped)
        else:
            entry.words.append(character)
    return [*entries, entry]


def _joined_names(entries: list[_Entry]) -> list[_Entry]:
    """A name with a comma that its program forgot to quote ("Müller, Jörg <j@example.org>") is one entry again.

    Only words without any address before a mailbox in brackets: whom the header names stays what it was.
    """
    joined: list[_Entry] = []
    pieces: list[str] = []
    for entry in entries:
        if _is_piece_of_name(entry):
            pieces.append(entry.text())
            continue
        if pieces and len(entry.brackets) == 1 and not entry.group and entry.text():
            entry.words = [", ".join([*pieces, entry.text()])]
        else:
            joined += [_Entry(words=[piece]) for piece in pieces]
        pieces = []
        joined.append(entry)
    return joined + [_Entry(words=[piece]) for piece in pieces]


def _is_piece_of_name(entry: _Entry) -> bool:
    if entry.brackets or entry.quoted or entry.comments or entry.group or not entry.text():
        return False
    return "@" not in decode_words(entry.text()[:4000])


class _Scanner:
    """Cuts a header into words, quoted strings, comments, brackets and separators; every character is read once."""

    def __init__(self, value: str) -> None:
        self.value = value
        self.position = 0
        # After one without an end there is no use in looking for ends again: the sign is then only a character.
        self._quotes = True
        self._comments = True

    def tokens(self) -> Iterator[tuple[str, str]]:
        """Pairs of sign and inside; the sign of plain words is ''."""
        while match := _SPECIAL.search(self.value, self.position):
            if match.start() > self.position:
                yield "", self.value[self.position : match.start()]
            sign, self.position = match.group(), match.end()
            if sign in ",;:":
                yield sign, ""
            elif sign == '"' and (quoted := self._quoted()) is not None:
                yield sign, quoted
            elif sign == "(" and (comment := self._comment()) is not None:
                yield sign, comment
            elif sign == "<":
                yield sign, self._bracket()
        if self.position < len(self.value):
            yield "", self.value[self.position :]

    def _quoted(self) -> str | None:
        match = _QUOTED.match(self.value, self.position) if self._quotes else None
        if match is None:
            self._quotes = False
            return None
        self.position = match.end()
        return match.group(1)

    def _comment(self) -> str | None:
        depth = 1
        if not self._comments:
            return None
        for match in _PARENTHESIS.finditer(self.value, self.position):
            depth += {"(": 1, ")": -1}.get(match.group(), 0)
            if depth == 0:
                text = self.value[self.position : match.start()]
                self.position = match.end()
                return text
        self._comments = False
        return None

    def _bracket(self) -> str:
        """The inside of <...>. Without an end it reaches to the next comma."""
        start = self.position
        while match := _BRACKET_END.search(self.value, self.position):
            self.position = match.end()
            if match.group() == '"':
                self._quoted()
                continue
            self.position -= match.group() == "<"
            return self.value[start : match.start()]
        comma = self.value.find(",", start)
        self.position = comma if comma >= 0 else len(self.value)
        return self.value[start : self.position]


def _mailbox(entry: _Entry, found: AddressList) -> Address | None:
    words = entry.text()
    if entry.brackets:
        valid = [email for email in map(clean_email, entry.brackets) if email]
        found.odd = found.odd or len(entry.brackets) > 1
        name = _name(words, entry.comments)
        if valid:
            found.odd = found.odd or _hides_address(words, name, valid[-1])
            return Address(valid[-1], name)
        # Others may read the brackets as an address all the same, another one than the words beside them.
        found.odd = found.odd or any(inside.strip() for inside in entry.brackets)
    email = clean_email(words)
    if email:
        return Address(email, _name("", entry.comments))
    # Text without brackets: an address may stand in it, but only one, or nobody knows which is meant.
    if entry.quoted or "=?" in words:
        return None
    loose = [email for email in map(clean_email, _loose(words)) if email]
    if not loose:
        return None
    found.odd = True
    return Address(loose[-1], clean_name(words.replace(loose[-1], "")) if len(loose) == 1 else "")


def _hides_address(words: str, name: str, email: str) -> bool:
    """Whether the display name shows another address than the one in brackets."""
    if "@" not in words and "@" not in name:
        return False
    return any(shown.lower() != email for shown in _loose(name))


def _loose(text: str) -> list[str]:
    """The words of running text that look like addresses."""
    return [word.strip("<>()[]'\".,;:") for word in text.split() if "@" in word and len(word) <= LONGEST]


def _name(words: str, comments: list[str]) -> str:
    text = (words if words else " ".join(comments))[:4000]
    if '"' in text:
        text = re.sub(r'"((?:[^"\\]|\\.)*)"', lambda match: re.sub(r"\\(.)", r"\1", match.group(1)), text)
    return clean_name(decode_words(text))


def clean_name(text: str) -> str:
    """A display name as one line of visible characters, without the quotes some senders put around it."""
    if not text.isascii() or not text.isprintable():
        text = "".join(" " if character in "\t\r\n" else character for character in text if _shown(character))
    text = _SPACES.sub(" ", text).strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        text = text[1:-1].strip()
    return text[:500]


def _shown(character: str) -> bool:
    return character in "\t\r\n\u200d" or unicodedata.category(character) not in _NOT_SHOWN


def clean_email(text: str) -> str:
    """The address in lower case if `text` is exactly one address, else ''. Routes and comments are taken off."""
    text = text.strip()
    if len(text) > 2000:
        return ""
    if "(" in text:
        text = _without_comments(text)
    if text.startswith("@"):
        text = _ROUTE.sub("", text).strip()
    if text[:7].lower() == "mailto:":
        text = text[7:]
    if " " in text or "\t" in text:
        text = _SPACED.sub(r"\1", text) if '"' not in text else text
    local, at, domain = text.rpartition("@")
    if not at or len(text) > LONGEST or not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(domain):
        return ""
    if not text.isascii() and not all(_shown(character) and not character.isspace() for character in text):
        return ""
    if "=?" in local and "?=" in local:
        return ""
    return text.rstrip(".").lower()


def _without_comments(text: str) -> str:
    return "".join(
        f'"{inside}"' if sign == '"' else inside or sign for sign, inside in _Scanner(text).tokens() if sign != "("
    ).strip()
