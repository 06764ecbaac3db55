"""Separators: lines and blocks after which a client puts the older mail or a forwarded one."""

from __future__ import annotations

import re

from rapport.language.attribution import has_address, has_clock, is_dated
from rapport.language.phrases import ABOVE_THIS_LINE, FORWARDED, HEADER_ROLES, ORIGINAL_MESSAGE, REPLY_ABOVE
from rapport.language.text_lines import Line, make_line, next_readable

_ROLE_OF: dict[str, str] = {name: role for role, names in HEADER_ROLES.items() for name in names}
_RULES = "-–—_=*~#─━"
_BOX = frozenset("━─═＝=~*#┄■◆◇")
_MAX_KEY = 24
_NOTES = re.compile(r"[^\s-][^-]{1,60}-{3}\d{1,4}[./-]\d{1,2}[./-]\d{1,4} \d{1,2}:\d\d.{0,12}-{3}")
_MAX_BLOCK = 30
# "----- Forwarded Message ----- From: Ada": the program lost its line breaks.
_SHARED = re.compile(r"[-–—_=]{3,} ?([^-–—_=:]{6,60}?) ?[-–—_=]{3,} ?(\S.{0,60})")
_INLINE_KEYS: tuple[str, ...] = tuple(
    f"{name}:" for role in ("sent", "date", "subject") for name in HEADER_ROLES[role] if len(name) > 2
)


def is_rule(line: Line) -> bool:
    """A line drawn of dashes, underscores, equal signs or asterisks, at least three."""
    return len(line.clean) >= 3 and not line.clean.strip(_RULES + " ")


def _named(line: Line, table: frozenset[str], *, bare: bool) -> bool:
    """The line holds a phrase of the table between dashes; where `bare`, also alone with a colon behind it."""
    folded = line.folded
    words = folded.strip(_RULES + " :：|><")
    if words not in table:
        return False
    dashed = folded[:1] in _RULES or folded[-1:] in _RULES
    return dashed or (bare and folded[-1:] in (":", "："))


def _shared(line: Line, table: frozenset[str]) -> bool:
    """A phrase of the table between dashes, and behind it on the same line the first header of the mail below."""
    match = _SHARED.match(line.folded) if line.folded[:1] in _RULES else None
    return match is not None and match[1] in table and header_role(make_line(match[2])) is not None


def is_forward(line: Line) -> bool:
    """ "---------- Forwarded message ---------", "Begin forwarded message:" and their translations."""
    if line.depth:
        return False
    if _shared(line, FORWARDED):
        return True
    if len(line.clean) > 120:
        return False
    if _named(line, FORWARDED, bare=True):
        return True
    # Lotus Notes: "----- Forwarded by Bob/ACME on 01/02/2012 10:00 AM -----"
    words = line.folded.strip(_RULES + " ")
    return line.clean[:2] == "--" and words.startswith(
        ("forwarded by ", "weitergeleitet von ", "forwarded message from ")
    )


def is_original_message(line: Line) -> bool:
    """ "-----Original Message-----" in any known language."""
    if line.depth:
        return False
    if len(line.clean) <= 120 and _named(line, ORIGINAL_MESSAGE, bare=False):
        return True
    return _shared(line, ORIGINAL_MESSAGE)


def is_reply_above(line: Line) -> bool:
    """A help desk's own line: "##- Please type your reply above this line -##"."""
    if len(line.clean) > 120:
        return False
    if line.clean.startswith("##-") and line.clean.endswith("-##"):
        return True
    folded = line.folded.strip(_RULES + " .:")
    if len(folded) < 90 and folded.endswith(REPLY_ABOVE):
        return True
    drawn = len(line.clean) > 2 and line.clean[0] in _RULES and line.clean[1] in _RULES
    return drawn and any(phrase in folded for phrase in ABOVE_THIS_LINE)


def is_groupwise(line: Line) -> bool:
    """Novell's attribution ">>> Ada Bell <ada@example.org> 15.01.2024 10:30 >>>", which looks like a quote."""
    if line.depth != 3 or not line.clean.endswith(">>>"):
        return False
    words = line.folded.rstrip("> ")
    return len(words) <= 150 and has_clock(words) and is_dated(words)


def is_notes_line(line: Line) -> bool:
    """Lotus Notes puts "Ada Bell---15.01.2024 10:30:00---Where are my" above the older mail's headers."""
    return not line.depth and line.clean.count("---") >= 2 and _NOTES.match(line.clean) is not None


def quoted_header_block(lines: list[Line], start: int, stop: int) -> bool:
    """Whether marked lines below a drawn line are a mail's headers: what follows is older though it is not marked."""
    return start > 0 and is_rule(lines[start - 1]) and _is_block(_unmarked(lines, start, stop))


def quoted_forward(lines: list[Line], start: int, stop: int, *, forwarding: bool) -> bool:
    """Whether a marked quote that begins at `start` is a mail passed on, as Apple Mail and IONOS write it.

    It says so in its first line; where the subject says that something is passed on, a mail's headers are enough.
    """
    if not forwarding:
        return lines[start].depth == 1 and is_forward(make_line(lines[start].clean))
    block = _unmarked(lines, start, stop)
    first = next((line for line in block if not line.blank), None)
    if first is None or is_forward(first):
        return first is not None
    after = block.index(first) + 1
    return _is_block(block) or (is_original_message(first) and _is_block(block[after:]))


def _unmarked(lines: list[Line], start: int, stop: int) -> list[Line]:
    """The next marked lines without their marks, as many as a mail's headers may take."""
    return [make_line(line.clean) for line in lines[start : min(start + 10, stop)] if line.depth]


def _is_block(block: list[Line]) -> bool:
    return bool(block) and header_block_end(block, 0, len(block)) is not None


def header_role(line: Line) -> str | None:
    """Which header of a mail the line states: from, sent, date, to, subject or copy; None for no header."""
    head = line.folded[: _MAX_KEY + 4].replace("：", ":")
    if head[:1] == "|":  # some programs draw a table: "| From | Ada |"
        head = head[1:].replace("|", ":", 1)
    colon = head.find(":")
    if colon < 1:
        return None
    return _ROLE_OF.get(head[:colon].strip("*_ |[]"))


def _continues(line: Line) -> bool:
    """It may be the wrapped rest of a header: an address, or set in from the margin."""
    return line.blank or "@" in line.clean or line.clean[0] in "<(" or line.raw[:1] in (" ", "\t")


def header_block_end(lines: list[Line], start: int, stop: int) -> int | None:
    """Index after a block "From: … Sent: … To: … Subject: …" that begins at `start`, or None.

    The block must name a sender and look like mail: somebody's "From: Paris / To: London / Date: 3 May" is text.
    """
    first = header_role(lines[start])
    if lines[start].depth:
        return None
    if first is None or first == "copy":
        return _unnamed_block_end(lines, start, stop)
    roles, end, address = {first}, start + 1, has_address(lines[start].clean)
    roles |= _roles_on_one_line(lines[start])
    misses, wrapped = 0, False  # an address on a line of its own counts once another header follows
    for index in range(start + 1, min(start + _MAX_BLOCK, stop)):
        line = lines[index]
        role = header_role(line) if not line.depth else None
        if misses and (role == "from" or role in roles):
            break  # another block begins, below text that only looks like headers
        if role:
            roles.add(role)
            end, misses = index + 1, 0
        else:
            misses += 1 if not _continues(line) else 0
            if misses > 1:
                break
        if role in ("from", "to", "copy"):
            address = address or wrapped or has_address(line.clean)
        elif role:
            address = address or wrapped
        elif _continues(line):
            wrapped = wrapped or has_address(line.clean)
    if "to" not in roles and _is_form(lines, start, end, stop):
        return None
    if _is_mail_block(roles, address, lines[start:end]):
        return end
    if address and {"from", "subject"} <= roles and _below_a_line(lines, start):
        return end
    return _unnamed_block_end(lines, start, stop)


def stacked_headers(lines: list[Line], start: int, stop: int) -> bool:
    """Lotus Notes as text: who, when, then "To" and "Subject" on lines of their own, each above what it names."""
    if lines[start].depth or not has_address(lines[start].clean):
        return False
    near = [line for line in lines[start + 1 : min(start + 20, stop)] if not line.blank]
    if not near or len(near[0].clean) > 60 or not (has_clock(near[0].folded) and is_dated(near[0].folded)):
        return False
    alone = {_ROLE_OF.get(line.folded.rstrip(":：")) for line in near}
    return {"to", "subject"} <= alone


_FORM_LINE = re.compile(r"[*_ ]{0,3}[^\W\d_][^:：@<>\d]{1,28}[:：][*_ ]{0,3}(?!//)")


def _is_form(lines: list[Line], start: int, end: int, stop: int) -> bool:
    """What a contact form sends: among the lines that look like a mail's headers, or next to them, stand lines of its own."""
    if _below_a_line(lines, start):
        return False
    spaced = any(line.blank for line in lines[start:end])
    after = next_readable(lines, end, stop) if spaced else end
    near = [
        line for line in (*lines[start:end], *lines[after : min(after + 1, stop)]) if not (line.blank or line.depth)
    ]
    return any(
        header_role(line) is None and _FORM_LINE.match(line.clean) and not has_address(line.clean) for line in near
    )


def _below_a_line(lines: list[Line], start: int) -> bool:
    """A drawn line, or words between dashes, stand above."""
    above = start - 1
    while above >= 0 and lines[above].blank:
        above -= 1
    return above >= 0 and (is_rule(lines[above]) or _is_dashed(lines[above]))


_HEADER_LINE = re.compile(r"[*_ ]{0,3}[^\W\d_][^:：@<>\d]{0,22}[:：][*_ ]{0,3}\s?\S")


def _unnamed_block_end(lines: list[Line], start: int, stop: int) -> int | None:
    """The same in a language nobody taught us: below a drawn line, three headers or more, with who and when."""
    if not has_address(lines[start].clean) or not _HEADER_LINE.match(lines[start].clean):
        return None
    if not _below_a_line(lines, start):
        return None
    end = start
    while end < min(stop, start + 8) and not lines[end].depth and _HEADER_LINE.match(lines[end].clean):
        end += 1
    when = any(has_clock(line.folded) and is_dated(line.folded) for line in lines[start + 1 : end])
    return end if end - start >= 3 and when else None


def _roles_on_one_line(line: Line) -> set[str]:
    """Further headers on a line where the client lost the line breaks."""
    if line.folded.count(":") < 2:
        return set()
    tail = line.folded[6:]
    return {_ROLE_OF[key[:-1]] for key in _INLINE_KEYS if f" {key}" in tail or f" {key[:-1]} :" in tail}


def _is_mail_block(roles: set[str], address: bool, block: list[Line]) -> bool:
    when = bool(roles & {"sent", "date"})
    if "from" in roles:
        if not (when or {"to", "subject"} <= roles):
            return False
        if address or "subject" in roles:
            return len(roles) >= 2
        return "sent" in roles and "to" in roles and any(is_dated(line.folded) for line in block)
    return when and "to" in roles and address and any(has_clock(line.folded) for line in block)


def absorb_rules_above(lines: list[Line], start: int, floor: int) -> int:
    """Move a cut up over the lines drawn just above it, so that they go with the quote."""
    index = start
    while index > floor:
        above = lines[index - 1]
        if above.clean[:1] in _BOX and any(
            line.clean == above.clean for line in lines[max(floor, index - 16) : index - 1]
        ):
            break  # the lower edge of the box around a signature
        if above.blank and not above.raw.strip(" \t>"):
            index -= 1
        elif not above.depth and _announces(above):
            index -= 1
            start = index
        else:
            break
    return start


def absorb_announcement(lines: list[Line], start: int) -> int:
    """Move the begin of a forward up over a line like "Begin forwarded message:", whatever its language."""
    above = start - 1
    while above > 0 and lines[above].blank:
        above -= 1
    is_announcement = above > 0 and lines[above].clean[-1:] in (":", "：") and len(lines[above].clean) <= 60
    return above if is_announcement and lines[above - 1].blank else start


def _announces(line: Line) -> bool:
    """A rule, or words between dashes, or "Original Message" without them: it belongs to the block below."""
    return is_rule(line) or _is_dashed(line) or line.folded in ORIGINAL_MESSAGE


def _is_dashed(line: Line) -> bool:
    """Words between dashes."""
    return line.clean[:2] == "--" == line.clean[-2:]
