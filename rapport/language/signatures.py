"""Finding the signature: closing, name, contact lines and what a phone adds, at the end of the newest text."""

from __future__ import annotations

import re

from rapport.language.attribution import has_address
from rapport.language.separators import is_rule
from rapport.language.signature_phrases import (
    CLOSINGS,
    DEVICE_ENDS,
    DEVICE_OWNERS,
    DEVICE_STARTS,
    DEVICE_UNSPACED_ENDS,
    DEVICE_UNSPACED_STARTS,
    DEVICE_WORDS,
    DISCLAIMERS,
    THANKS,
)
from rapport.language.text_lines import Line, fold, next_readable

MAX_SIGNATURE_LINES = 25  # readable lines below a delimiter
MAX_CLOSING_LINES = 20  # readable lines below "Regards,"
SHORT = 70  # characters; longer lines are prose

_TRIMMED = " ,.!*_-–—:;~…\"'。！，、،"
_DEVICE_TRIMMED = _TRIMMED + "<>()"
_LINK = re.compile(r"<[^<>]{0,300}>|\(?https?://[^\s>)]{0,300}\)?|\[[^\[\]]{0,300}\]")
_PHONE = re.compile(r"(?:\+|\(|\d)[\d ()./-]{6,24}\d")
_POSTSCRIPT = re.compile(
    r"(?:p\.? ?p?\.? ?s|p\. ?d|pd|nb|n\.b|post ?scriptum|пс|п\.с|з\.и|зи|追伸|又及|추신)(?:[\W_]|$)"
)
_NAMED_BY_DASH = re.compile(r"[-–—/~]{1,2} ?([^\W\d_][\w.'’-]{0,30}(?: [^\W\d_][\w.'’-]{0,30}){0,2})[.!]?")
_BULLET = re.compile(r"(?:[-–—•·] ?|[*+] |\d{1,2}[.)] )\S")
_TITLE_MARKS = re.compile(r"[,|/()•·&]")
_WORDS = re.compile(r"[\w&@'-]+(?:\.\w+)*")


def signature_start(lines: list[Line], floor: int = 0) -> int:
    """Index where the signature begins, or `len(lines)`. Lines above `floor` and the first line are never in it."""
    first = next_readable(lines, 0, len(lines))
    return _peel(lines, max(floor, first + 1))


def is_closing_only(lines: list[Line]) -> bool:
    """Nothing but a signature stands here."""
    first = next_readable(lines, 0, len(lines))
    return first < len(lines) and _peel(lines, first) <= first


def is_list_footer(lines: list[Line]) -> bool:
    """A rule and then what a mailing list adds to every mail."""
    first = next_readable(lines, 0, len(lines))
    return first < len(lines) and _is_rule_of_list(lines[first]) and any(_is_list_line(line) for line in lines)


def _is_rule_of_list(line: Line) -> bool:
    return is_rule(line) or (len(line.clean) == 2 and line.clean in ("__", "--"))


def _is_list_line(line: Line) -> bool:
    return any(mark in line.folded for mark in ("mailing list", "mailinglist", "unsubscribe", "/listinfo/"))


def device_cut(lines: list[Line], floor: int) -> int | None:
    """Index after a device line ("Sent from my iPhone") that has more text below it: an unmarked quote.

    Clients put that line at the end of what was written, so what stands below is not the writer's, but for a postscript.
    """
    first = next_readable(lines, floor, len(lines))
    for index in range(first + 1, len(lines) - 1):
        if lines[index].depth or not is_device(lines[index]) or not lines[index + 1].blank:
            continue
        below = next_readable(lines, index + 1, len(lines))
        if below < len(lines) and _POSTSCRIPT.match(lines[below].folded):
            return None
        if below < len(lines) and not is_device(lines[below]) and not is_closing_only(lines[index + 1 :]):
            return index + 1
    return None


def is_device(line: Line) -> bool:
    """A line that a phone or mail program adds: "Sent from my iPhone", "Von meinem iPhone gesendet"."""
    if line.depth or len(line.clean) > 200 or len(line.clean) < 6:
        return False
    linked = "<" in line.folded or "[" in line.folded or "://" in line.folded
    text = (_LINK.sub(" ", line.folded) if linked else line.folded).strip(_DEVICE_TRIMMED)
    if len(text) > 90:
        return False
    if len(text) <= 30 and (text.startswith(DEVICE_UNSPACED_STARTS) or text.endswith(DEVICE_UNSPACED_ENDS)):
        return True
    if not (text.startswith(DEVICE_STARTS) or text.endswith(DEVICE_ENDS)):
        return False
    head = text.split(",", 1)[0]
    words = _WORDS.findall(head)
    if any(word in DEVICE_WORDS or word.split("'")[0].split("-")[0] in DEVICE_WORDS for word in words):
        return len(words) <= 14
    if any(name in head for name in ("iphon", "ipad", "android", "blackberry", "outlook")):
        return len(words) <= 14
    if "," in text or len(words) > 6:
        return False
    return any(word in DEVICE_OWNERS for word in words) or _is_product(line, words)


def _is_product(line: Line, words: list[str]) -> bool:
    """ "Sent from TypeApp": few words, all but the small ones written like a name."""
    names = _LINK.sub(" ", line.clean).split()[2:]
    return 3 <= len(words) <= 5 and bool(names) and all(name[:1].isupper() or name in ("for", "on") for name in names)


def _peel(lines: list[Line], floor: int) -> int:
    """Take signature pieces off the end, one after another, as long as there are any."""
    end = _trimmed_end(lines, len(lines), floor)
    start = len(lines)
    while end > floor:
        found = _piece_start(lines, floor, end)
        if found is None:
            break
        start = found
        end = _trimmed_end(lines, found, floor)
    return start


def _trimmed_end(lines: list[Line], end: int, floor: int) -> int:
    while end > floor and lines[end - 1].blank:
        end -= 1
    return end


def _piece_start(lines: list[Line], floor: int, end: int) -> int | None:
    """Where the last piece of signature before `end` begins, whichever kind it is."""
    if is_device(lines[end - 1]) or _is_delimiter(lines[end - 1]):
        return end - 1
    for search in (_below_delimiter, _below_closing, _name_after_dash, _contact_block, _legal_footer):
        found = search(lines, floor, end)
        if found is not None:
            return found
    return None


def _is_delimiter(line: Line) -> bool:
    """The signature delimiter "-- " and its kin."""
    return not line.depth and line.clean in ("--", "__", "-–", "—", "–", "—-", "-—")


def _readable_above(lines: list[Line], floor: int, end: int, limit: int) -> list[int]:
    """Indexes of at most `limit` readable lines before `end`, nearest first; a quoted line ends the search."""
    found: list[int] = []
    for index in range(end - 1, floor - 1, -1):
        if lines[index].depth:
            break
        if not lines[index].blank:
            found.append(index)
            if len(found) == limit:
                break
    return found


def _below_delimiter(lines: list[Line], floor: int, end: int) -> int | None:
    """ "-- " with anything below it, or a drawn rule with short lines only."""
    prose = footer = False
    for index in _readable_above(lines, floor, end, MAX_SIGNATURE_LINES + 1):
        line = lines[index]
        if _is_delimiter(line):
            return index
        if is_rule(line):
            if index < end - 1 and (footer or not (prose or _is_drawn(lines, index))):
                return index
            continue
        prose = prose or _is_prose(line)
        footer = footer or _is_list_line(line)
    return None


def _is_drawn(lines: list[Line], index: int) -> bool:
    """The rule underlines a heading or a table row, or is one of several between parts of the text."""
    if "=" in lines[index].clean or "*" in lines[index].clean or "#" in lines[index].clean:
        return True
    above = lines[index - 1] if index else None
    if above and not above.blank and above.clean[-1:] not in (".", "!", "?", ",", ";", ")"):
        return True
    same = [at for at, line in enumerate(lines) if at != index and line.clean == lines[index].clean]
    return any(at < index or next_readable(lines, at + 1, len(lines)) < len(lines) for at in same)


def _is_prose(line: Line) -> bool:
    """It reads like a sentence or a list item, not like a line of a signature."""
    if len(line.clean) > SHORT or _BULLET.match(line.clean):
        return not (_is_contact(line) or " | " in line.clean)
    return line.clean[-1:] in (".", "?", "!", "。", "？", "！") and line.clean.count(" ") >= 4


def _below_closing(lines: list[Line], floor: int, end: int) -> int | None:
    """The topmost "Regards," within reach that has only short lines below it."""
    found = None
    below: Line | None = None
    for index in _readable_above(lines, floor, end, MAX_CLOSING_LINES + 1):
        line = lines[index]
        if _closes(line, below):
            found = index
        elif _is_prose(line):
            break
        below = line
    return found


def _closes(line: Line, below: Line | None) -> bool:
    """The line is a closing, alone or with the name behind it; thanks count only above a name."""
    if len(line.clean) > SHORT:
        return False
    words = line.folded.strip(_TRIMMED)
    if words in CLOSINGS or all(part.strip(_TRIMMED) in CLOSINGS for part in words.split("/")):
        return True
    if words in THANKS:
        return below is not None and is_name(below)
    head, comma, name = line.clean.partition(",")
    if comma and fold(head).strip(_TRIMMED) in CLOSINGS:
        return _is_written_name(name)
    for cut in (1, 2, 3, 4):
        parts = line.clean.split(None, cut)
        if len(parts) > cut and fold(" ".join(parts[:cut])) in CLOSINGS:
            return _is_written_name(parts[cut].removeprefix("aus ").removeprefix("from "))
    return False


def is_name(line: Line) -> bool:
    """It could be somebody's name: one to four words without a sentence's marks."""
    words = line.clean.strip(_TRIMMED + "/()").split()
    if not 1 <= len(words) <= 4 or len(line.clean) > 40 or line.clean[-1:] in ("?", "!", ":"):
        return False
    return all(word[0].isalpha() and not any(char.isdigit() for char in word) for word in words)


def _is_written_name(text: str) -> bool:
    words = text.strip(_TRIMMED).split()
    return 1 <= len(words) <= 4 and all(word[:1].isupper() for word in words)


def _name_after_dash(lines: list[Line], floor: int, end: int) -> int | None:
    """ "-Abhishek", "/John" on the last line, where it is not the last item of a list."""
    line = lines[end - 1]
    match = _NAMED_BY_DASH.fullmatch(line.clean)
    if line.depth or not match:
        return None
    words = match[1].split()
    if len(words) > 1 and not all(word[0].isupper() for word in words):
        return None
    above = _readable_above(lines, 0, end - 1, 1)
    if not above:
        return end - 1 if end - 1 >= floor else None
    before = lines[above[0]]
    if _BULLET.match(before.clean) or before.clean[-1:] in (":", "："):
        return None
    spaced = line.clean[1:2] == " " and above[0] == end - 2
    return None if spaced and before.clean[-1:] not in (".", "!") else end - 1


def _contact_block(lines: list[Line], floor: int, end: int) -> int | None:
    """A last paragraph that begins with a name and holds a phone number, an address or a link."""
    start = end
    while start > floor and not lines[start - 1].blank and not lines[start - 1].depth and end - start <= 10:
        start -= 1
    block = lines[start:end]
    if not 2 <= len(block) <= 10 or (start > 0 and not lines[start - 1].blank):
        return None
    above = _readable_above(lines, 0, start, 1)
    if above and lines[above[0]].clean[-1:] in (":", "：", ","):
        return None
    if any(_is_prose(line) for line in block):
        return None
    named = 0 if _is_titled_name(block[0]) else 1 if _is_short_phrase(block[0]) and _is_titled_name(block[1]) else None
    return start if named is not None and any(_is_contact(line) for line in block[named + 1 :]) else None


def _is_short_phrase(line: Line) -> bool:
    """It may be a closing in a language we have no table of."""
    if len(line.clean) > 40 or line.clean[-1:] in ("?", ":", "："):
        return False
    return len(line.clean.split()) <= 5 and not any(char.isdigit() or char in "@/" for char in line.clean)


def _is_titled_name(line: Line) -> bool:
    """A name, perhaps with a title: "John E. Doe, Ph.D."."""
    words = _TITLE_MARKS.sub(" ", line.clean).strip(_TRIMMED).split()
    if not 1 <= len(words) <= 6 or len(line.clean) > 50 or ":" in line.clean or line.clean[-1:] in (",", "?", "!", ":"):
        return False
    return all(not word[0].islower() or word in ("de", "van", "von", "der", "den", "di", "da") for word in words)


def _is_contact(line: Line) -> bool:
    if has_address(line.clean) or "www." in line.folded or "://" in line.clean or line.folded == "via mobile":
        return True
    return _PHONE.search(line.clean) is not None


def _legal_footer(lines: list[Line], floor: int, end: int) -> int | None:
    """A disclaimer or list footer that starts its own paragraph near the end."""
    found = None
    for index in _readable_above(lines, floor, end, MAX_SIGNATURE_LINES):
        opens = index == 0 or lines[index - 1].blank or is_rule(lines[index - 1])
        if opens and lines[index].folded.lstrip(_TRIMMED + "*").startswith(DISCLAIMERS):
            found = index
    return found
