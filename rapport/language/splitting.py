"""Splitting a mail's text into the newest reply, the quote, the signature and what was forwarded."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rapport.language.attribution import attribution_end, shared_line_cut, weak_attribution_end
from rapport.language.separators import (
    absorb_announcement,
    absorb_rules_above,
    header_block_end,
    is_forward,
    is_groupwise,
    is_notes_line,
    is_original_message,
    is_reply_above,
    quoted_forward,
    quoted_header_block,
    stacked_headers,
)
from rapport.language.signatures import device_cut, is_closing_only, is_list_footer, signature_start
from rapport.language.text_lines import Line, lines_of, make_line, next_readable, shown


@dataclass(frozen=True, slots=True)
class SplitReply:
    """One mail's text in parts, each without blank lines around and possibly empty.

    `reply` and then `signature` are the newest text. `quoted` is the older conversation. `embedded` is what the
    writer forwarded; it is new to the reader, so it also stands in `reply`.
    """

    reply: str
    quoted: str
    signature: str
    embedded: str


@dataclass(frozen=True, slots=True)
class _Segment:
    """A run of lines [start, stop). A quote with `introduced` has an attribution in front of it."""

    quote: bool
    start: int
    stop: int
    introduced: bool = False


@dataclass(frozen=True, slots=True)
class _Scan:
    """What one pass over the lines found: runs of text and quote, then perhaps a final cut."""

    segments: list[_Segment]
    cut: int  # from here on everything is older conversation, or forwarded
    forward: bool
    headed: bool = False  # the cut is a mail's headers, as programs put them above an older or a forwarded mail


def split_reply(text: str, *, forwarding: bool = False) -> SplitReply:
    """Split the text of a mail. Never raises; `reply` is empty only where `text` shows nothing at all.

    `forwarding`: it is known, as from the subject, that the writer passes a mail on; then a mail under its headers is
    what was forwarded, where it would otherwise be the older conversation.
    """
    return split_lines(lines_of(text), forwarding=forwarding)


def split_lines(lines: list[Line], *, forwarding: bool = False) -> SplitReply:
    """The same for lines whose quoting is already known, as from HTML."""
    lines = _divide_shared_line(lines)
    scan = _scan(lines, forwarding=forwarding)
    if forwarding and scan.headed:
        scan = replace(scan, cut=absorb_announcement(lines, scan.cut), forward=True)
    found = _resolve(lines, scan)
    return found if found.reply else _split_headed(lines)


def _split_headed(lines: list[Line]) -> SplitReply:
    """A text that starts with a mail header or is all quote: show it, and cut only what comes after."""
    first = next_readable(lines, 0, len(lines))
    end = header_block_end(lines, first, len(lines)) if first < len(lines) else None
    if end is None:
        return SplitReply(reply=shown(lines), quoted="", signature="", embedded="")
    rest = _resolve(lines, _scan(lines, start=end))
    if not rest.reply:
        return SplitReply(reply=shown(lines), quoted="", signature="", embedded=shown(lines))
    head = shown(lines[:end])
    body = f"{head}\n\n{rest.reply}"
    return SplitReply(reply=body, quoted=rest.quoted, signature=rest.signature, embedded=body)


def _divide_shared_line(lines: list[Line]) -> list[Line]:
    """Give the attribution its own line where it shares one with the reply (some phones do that)."""
    for index, line in enumerate(lines):
        if line.depth:
            break
        cut = shared_line_cut(lines, index, len(lines))
        if cut is not None:
            pieces = [make_line(line.raw[:cut]), make_line(line.raw[cut:])]
            return lines[:index] + pieces + lines[index + 1 :]
    return lines


def _scan(lines: list[Line], start: int = 0, *, forwarding: bool = False) -> _Scan:
    """Walk down once; stop at the first marker after which all is older, or forwarded."""
    segments: list[_Segment] = []
    stop, index, text_from = len(lines), start, start
    while index < stop:
        line = lines[index]
        if line.blank and not line.depth:
            index += 1
            continue
        if line.depth and not is_groupwise(line):
            if quoted_header_block(lines, index, stop):
                cut = absorb_rules_above(lines, index, text_from)
                _add_text(segments, lines, text_from, cut)
                return _Scan(segments, cut, forward=False, headed=True)
            if quoted_forward(lines, index, stop, forwarding=forwarding):
                _add_text(segments, lines, text_from, index)
                return _Scan(segments, index, forward=True)
            end = _quote_end(lines, index, stop)
            _add_text(segments, lines, text_from, index)
            segments.append(_Segment(True, index, end))
            index = text_from = end
            continue
        if is_forward(line):
            _add_text(segments, lines, text_from, index)
            return _Scan(segments, index, forward=True)
        if _cuts(lines, index, stop):
            cut = absorb_rules_above(lines, index, text_from)
            _add_text(segments, lines, text_from, cut)
            return _Scan(segments, cut, forward=False, headed=not is_reply_above(line))
        after = attribution_end(lines, index, stop) or weak_attribution_end(lines, index, stop)
        if after is None:
            index += 1
            continue
        body = next_readable(lines, after, stop)
        cut = absorb_rules_above(lines, index, text_from)
        _add_text(segments, lines, text_from, cut)
        if forwarding or body >= stop or not lines[body].depth:
            return _Scan(
                segments, cut, forward=forwarding
            )  # Outlook for Mac puts "On …, Bob wrote:" above a forward too
        end = _quote_end(lines, body, stop)
        segments.append(_Segment(True, cut, end, introduced=True))
        index = text_from = end
    _add_text(segments, lines, text_from, stop)
    return _Scan(segments, stop, forward=False)


def _cuts(lines: list[Line], index: int, stop: int) -> bool:
    """A marker stands here after which a client puts nothing but older mail."""
    line = lines[index]
    if is_original_message(line) or is_reply_above(line) or is_groupwise(line) or is_notes_line(line):
        return True
    return header_block_end(lines, index, stop) is not None or stacked_headers(lines, index, stop)


def _add_text(segments: list[_Segment], lines: list[Line], start: int, stop: int) -> None:
    if next_readable(lines, start, stop) < stop:
        segments.append(_Segment(False, start, stop))


def _quote_end(lines: list[Line], start: int, stop: int) -> int:
    """Index after a marked quote, over blank lines and over lines that lost their marker when they were wrapped."""
    index = end = start
    while index < stop:
        if lines[index].depth:
            end = index + 1
        elif not lines[index].blank and not _is_wrapped_quote(lines, index, stop):
            break
        index += 1
    return end


def _is_wrapped_quote(lines: list[Line], index: int, stop: int) -> bool:
    """An unmarked line squeezed between marked ones that continues the one above, not an answer to it."""
    above, line = lines[index - 1], lines[index]
    if not above.depth or index + 1 >= stop or not lines[index + 1].depth:
        return False
    if above.clean.rfind("(") > above.clean.rfind(")") or above.clean.rfind("<") > above.clean.rfind(">"):
        return True
    if line.clean.lstrip("(<").startswith(("http://", "https://")) and " " not in line.clean.rstrip("> "):
        return True
    unfinished = above.clean[-1:] not in (".", "!", "?", ":") or line.clean[:1].islower()
    return len(above.clean) >= 60 and unfinished and len(line.clean) <= len(above.clean)


def _resolve(lines: list[Line], scan: _Scan) -> SplitReply:
    """Decide which of the found runs are the reply."""
    if scan.forward:
        first = scan.segments[0].start if scan.segments else scan.cut
        return SplitReply(reply=shown(lines[first:]), quoted="", signature="", embedded=shown(lines[scan.cut :]))
    segments, tail = _take_closing_tail(lines, list(scan.segments), scan.cut == len(lines))
    kept = _without_trailing_quote(segments, scan.cut < len(lines))
    dropped = segments[len(kept) :]
    if len(kept) == 2 and kept[0].quote and not dropped:  # the whole answer stands below the quote
        dropped, kept = kept[:1], kept[1:]
    quoted = [line for segment in dropped for line in lines[segment.start : segment.stop]] + lines[scan.cut :]
    if not kept:
        return SplitReply(reply="", quoted=shown(quoted), signature="", embedded="")
    own = lines[kept[0].start : kept[-1].stop]
    writer_from = kept[-1].start - kept[0].start if not kept[-1].quote else len(own)
    return _sign(own, writer_from, tail, quoted)


def _sign(own: list[Line], writer_from: int, tail: list[Line], quoted: list[Line]) -> SplitReply:
    """Take the signature off the end of the newest text; `writer_from` is where the last unquoted run begins."""
    unmarked: list[Line] = []
    device = device_cut(own, writer_from)
    if device is not None:
        own, unmarked = own[:device], own[device:]
    at = signature_start(own, writer_from)
    signature = "\n\n".join(part for part in (shown(own[at:]), shown(tail)) if part)
    quote = "\n\n".join(part for part in (shown(unmarked), shown(quoted)) if part)
    return SplitReply(reply=shown(own[:at]), quoted=quote, signature=signature, embedded="")


def _take_closing_tail(lines: list[Line], segments: list[_Segment], at_end: bool) -> tuple[list[_Segment], list[Line]]:
    """A last run that is nothing but a closing or a footer does not make the quote before it an inline quote.

    A mailing list's footer below the quote is older than the reply: the list wrote it, not the sender.
    """
    if not at_end or len(segments) < 2 or segments[-1].quote or not segments[-2].quote:
        return segments, []
    last = lines[segments[-1].start : segments[-1].stop]
    if all(segment.quote for segment in segments[:-1]) or not is_closing_only(last):
        return segments, []
    if is_list_footer(last):
        footer = segments.pop()
        return [*segments[:-1], replace(segments[-1], stop=footer.stop)], []
    return segments[:-1], last


def _without_trailing_quote(segments: list[_Segment], cut_follows: bool) -> list[_Segment]:
    """Drop the quote at the end. One without attribution above a further cut is the writer's own citation."""
    if not segments or not segments[-1].quote:
        return segments
    if cut_follows and not segments[-1].introduced and len(segments) > 1:
        return segments
    return segments[:-1]
