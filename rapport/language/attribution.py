"""Attributions: the line or lines by which a mail client introduces a quote ("On Monday, Bob wrote:")."""

from __future__ import annotations

import re

from rapport.language.phrases import INTRODUCTIONS, MONTHS, OPENERS, WEEKDAYS, WROTE, WROTE_UNSPACED
from rapport.language.text_lines import Line, fold, next_readable

MAX_LINES = 6  # clients wrap an attribution at most over this many lines
MAX_LENGTH = 350

_TIME_OR_YEAR = re.compile(
    r"(?<!\d)(?:\d{1,2}[:.h時时]\d{2}(?!\d)|(?:19|20)\d\d(?!\d)|\d{1,4}[./-]\d{1,2}[./-]\d{1,4})"
)
_DIGIT = re.compile(r"\d")
_CLOCK = re.compile(r"(?<!\d)\d{1,2}[:.h時时]\d{2}(?!\d)")
_ADDRESS = re.compile(r"[\w.+=-]@[\w\[-]")
_ADDRESS_BEFORE_COLON = re.compile(r"@[^\s@]{1,200}\s?[>)\]]{0,3}\s?:$")
_ADDRESS_CLOSED = re.compile(r"@[^\s@]{1,200}\s?[>)\]]\s?,?\s?$")
_BRACKET_BEFORE_COLON = re.compile(r"@[^\s@]{1,200}\s?[>)\]]{1,3}\s?:$")
_ADDRESS_IN_BRACKETS = re.compile(r"<[^\s<>@]{1,100}@[^\s<>@]{1,200}>")
_PRONOUN = re.compile(r"\b(?:i|we|he|she|they|who|ich|er|sie|wir|je|il|elle|yo|io|jag|jeg)\s*$")
# English puts these last; in the middle they belong to a sentence.
_NEVER_IN_THE_MIDDLE = frozenset({"wrote", "writes", "sent"})
_WORD = re.compile(r"[^\W\d_][^\W\d_'’-]*")
_VERB = re.compile(
    r"(?<![\w@.])(?:"
    + "|".join(re.escape(verb) for verb in sorted(WROTE, key=len, reverse=True))
    + r")(?![\w@])|"
    + "|".join(re.escape(verb) for verb in WROTE_UNSPACED)
)
_INLINE_START = re.compile(r"(?:(?<=\s)|-{2,}\s?)On (?=\w{3,9},? |\d)")
_DASHES = "-–—_*=~ "


def is_dated(folded: str) -> bool:
    """A date or time stands in it: a clock, a year, 1.2.2020, or a month or weekday beside a number."""
    if _TIME_OR_YEAR.search(folded):
        return True
    if _DIGIT.search(folded) is None:
        return False
    return any(word in MONTHS or word in WEEKDAYS for word in _WORD.findall(folded))


def has_clock(folded: str) -> bool:
    """A time of day stands in it."""
    return _CLOCK.search(folded) is not None


def has_address(text: str) -> bool:
    """Something like an e-mail address stands in it."""
    return "@" in text and _ADDRESS.search(text) is not None


def _opens(folded: str) -> bool:
    """Its first word is one that starts attributions: "On", "Am", a weekday, or a number."""
    start = folded.lstrip(_DASHES + "\"'(")
    if not start:
        return False
    if start[0].isdigit() or start[0] in "在於" or start.startswith("ב-"):
        return True
    word = start.split(maxsplit=1)[0].rstrip(".,:")
    return word in OPENERS or word in WEEKDAYS


def _find_verb(folded: str) -> tuple[int, int] | None:
    """Where the last verb of writing stands, or None."""
    last = None
    for match in _VERB.finditer(folded):
        last = match.span()
    return last


def is_attribution(text: str) -> bool:
    """Whether this one line, already joined, introduces a quote by its own words."""
    folded = fold(text)
    core = folded.strip(_DASHES)
    if len(core) < 6:
        return False
    colon = core[-1] in ":："
    dashed = folded.startswith("--") and folded.endswith("--")
    if not (colon or dashed or core.endswith(tuple(WROTE))):
        return False
    verb = _find_verb(core)
    verb_last = verb is not None and not core[verb[1] :].strip(" :：>*_,;-")
    if dashed and verb_last:
        return True
    if verb and verb_last and colon and _ADDRESS_CLOSED.search(core[: verb[0]]):
        return True
    if not is_dated(core):
        return False
    return _dated_attribution(core, verb, verb_last, colon)


def _dated_attribution(core: str, verb: tuple[int, int] | None, verb_last: bool, colon: bool) -> bool:
    """The shapes that count only beside a date."""
    address = has_address(core)
    if address and colon and core.startswith(INTRODUCTIONS):
        return True
    opens = _opens(core)
    if verb is None:  # some programs name only who and when: "15.01.2024, 10:30, Ada <ada@example.org>:"
        whole = opens or (has_clock(core) and _TIME_OR_YEAR.search(core[:80]) is not None and len(core) <= 160)
        return whole and _BRACKET_BEFORE_COLON.search(core) is not None
    if not colon:
        return verb_last and opens and address
    if not address and not _is_by_someone(core, verb):
        return False
    if verb_last or core[slice(*verb)] not in _NEVER_IN_THE_MIDDLE:
        if opens and (verb_last or address or len(core) - verb[1] <= 60):
            return is_dated(core[:120])
        if address:
            return True
    tail = core[verb[1] :]
    if core[slice(*verb)] == "sent" or _PRONOUN.search(core[: verb[0]]):
        return False
    return verb[0] <= 80 and len(tail) <= 50 and _TIME_OR_YEAR.search(tail) is not None


def _is_by_someone(core: str, verb: tuple[int, int]) -> bool:
    """Without an address it takes a full date, a verb that only clients use, and somebody else as the writer."""
    if _TIME_OR_YEAR.search(core) is None or core[slice(*verb)] == "sent":
        return False
    return _PRONOUN.search(core[: verb[0]]) is None


def _may_begin(line: Line) -> bool:
    """Cheap question asked of every line before any joining."""
    if line.depth or len(line.clean) < 3:
        return False
    if "@" in line.clean or "mailto:" in line.folded:
        return True
    if line.folded.startswith("--"):
        return line.folded.endswith("--") and _find_verb(line.folded) is not None
    return is_dated(line.folded[:200]) and (_opens(line.folded) or _find_verb(line.folded) is not None)


def attribution_end(lines: list[Line], start: int, stop: int) -> int | None:
    """Index after an attribution that begins at `start`, joining wrapped lines; None where there is none."""
    if not _may_begin(lines[start]):
        return None
    joined, blanks, opens = "", 0, _opens(lines[start].folded)
    for index in range(start, min(start + MAX_LINES, stop)):
        line = lines[index]
        piece = line.clean
        if line.depth:
            # A wrapped "<bob@example.com\n> wrote:" looks like a quote and is none.
            if len(piece) > 25 or piece[-1:] not in (":", "："):
                break
            piece = ">" + piece
        if not piece:
            blanks += 1
            if blanks > 1:
                break
            continue
        if index > start and (not opens or _breaks(joined, line)) and not _is_unfinished(joined, piece):
            break
        joined = _join(joined, piece)
        if len(joined) > MAX_LENGTH:
            break
        if is_attribution(joined):
            return index + 1
    return None


def _breaks(joined: str, line: Line) -> bool:
    """The joined text is a finished sentence, or the line begins an attribution of its own."""
    if joined[-1:] in (".", "!", "?", ":") and not joined.endswith("m."):
        return True
    return line.clean[:1].isalpha() and _opens(line.folded) and is_dated(line.folded)


def _is_unfinished(joined: str, piece: str) -> bool:
    """An address was opened and not closed, or the next piece brings what lacks yet of who, when and the verb."""
    if joined.rfind("<") > joined.rfind(">") or joined.rfind("(") > joined.rfind(")"):
        return True
    if piece[-1:] not in (":", "：") or len(piece) > 60 or not has_address(joined):
        return False
    folded = fold(joined)
    return is_dated(folded) or (is_dated(fold(piece)) and _find_verb(folded) is not None)


def _join(joined: str, piece: str) -> str:
    if not joined:
        return piece
    if joined.endswith("="):  # a quoted-printable line that nobody decoded
        return joined[:-1] + piece
    return f"{joined} {piece}"


def weak_attribution_end(lines: list[Line], start: int, stop: int) -> int | None:
    """Index after a looser introduction ("Bob wrote:"), which counts only because a marked quote follows."""
    line = lines[start]
    after = next_readable(lines, start + 1, stop)
    if line.depth or not line.clean or after >= stop or not lines[after].depth or len(line.clean) > 200:
        return None
    core = line.folded.strip(_DASHES)
    verb = _find_verb(core)
    if verb and core[-1:] in (":", "：") and not core[verb[1] :].strip(" :："):
        return start + 1
    if _ADDRESS_BEFORE_COLON.search(core):
        return start + 1
    if has_address(core) and _opens(core) and is_dated(core) and len(core) <= 120:
        return start + 1
    introduces = core[-1:] in (":", "：") and (has_address(core) or _opens(core))
    if (introduces or _ADDRESS_IN_BRACKETS.search(core)) and has_clock(core) and is_dated(core):
        return start + 1  # in any language, whatever stands between the date, the name and the quote
    return None


def shared_line_cut(lines: list[Line], start: int, stop: int) -> int | None:
    """Where an attribution begins inside a line that starts with the reply: "yes! On Mon, … Bob wrote:"."""
    line = lines[start]
    if line.depth or not line.folded.endswith(("wrote:", "wrote")) or "On " not in line.clean:
        return None
    after = next_readable(lines, start + 1, stop)
    if after >= stop or not lines[after].depth:
        return None
    for match in _INLINE_START.finditer(line.raw):
        if is_attribution(line.raw[match.start() :].strip()):
            return match.start()
    return None
