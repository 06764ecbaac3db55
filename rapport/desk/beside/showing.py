"""Side conversations as they are shown: in the list of the customer panel, and in the drawer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zlib import crc32

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from rapport.conversations import access, directory, drafting, neighbours, siding, surroundings
from rapport.conversations.errors import NotFound
from rapport.conversations.models import Conversation, Draft, Message, SideConversation
from rapport.conversations.neighbours import Side
from rapport.desk.conversation import thread as threads
from rapport.desk.conversation.composing import Box, begun_by_others, box_of, reply_box, written
from rapport.desk.live import reading
from rapport.files import listing as files
from rapport.files.models import Attachment
from rapport.people.models import Account
from rapport.people.rights import Right

MOST_FILES = 50
MOST_QUOTED = 2000
# Word, tone, icon.
_STATES = {
    "new": (noop("Not sent yet"), "", "pencil"),
    "held": (noop("A stranger’s message waits"), "risk", "hand"),
    "waiting": (noop("Waiting for them"), "", "hourglass"),
    "answered": (noop("Answered"), "accent", "message-square-reply"),
    "done": (noop("Done"), "good", "check"),
}


@dataclass(frozen=True, slots=True)
class ShownSide:
    """One line of the panel."""

    number: int
    subject: str
    who: str
    word: str
    tone: str
    icon: str
    attention: str
    at: datetime | None
    begun: bool
    writes: str = ""


@dataclass(frozen=True, slots=True)
class BegunLetter:
    """A first letter or a question that somebody has begun; `who` is empty for oneself, `place`: where it is gone on with."""

    who: str
    asks: bool
    subject: str
    place: str


@dataclass(frozen=True, slots=True)
class DrawerHead:
    """What `_message.html` asks of the conversation around a message."""

    number: int
    may_reply: bool
    may_manage: bool
    is_aside: bool = True


def listed(account: Account, around: surroundings.Surroundings, names: Mapping[int, str]) -> list[ShownSide] | None:
    """The list of the panel, newest first; None for who reads notes only. `names` of colleagues by id."""
    if not account.may(Right.READ_MESSAGES):
        return None
    found = neighbours.sides(around.family) if around.has_sides else []
    return [_shown(one, writes=_writer(account, one, names)) for one in found]


def begun(account: Account, around: surroundings.Surroundings, names: Mapping[int, str]) -> list[BegunLetter]:
    """First letters and questions that wait in somebody's draft, for who may go on with them."""
    if not account.may(Right.REPLY):
        return []
    main, asks = around.family[0], Draft.Kind.ASK
    return [
        BegunLetter(
            who="" if one.author_id == account.pk else names.get(one.author_id, ""),
            asks=one.kind == asks,
            subject=one.subject,
            place=f"/conversations/{main}/{'questions' if one.kind == asks else 'sides'}/new/",
        )
        for one in around.letters
    ]


def _writer(account: Account, side: Side, names: Mapping[int, str]) -> str:
    """A colleague who has begun to write to them."""
    return names.get(side.writes, "") if side.writes and side.writes != account.pk and account.may(Right.REPLY) else ""


def thread(account: Account, main: Conversation, found: SideConversation) -> dict[str, Any]:
    """Context of the drawer with one side conversation."""
    side = found.conversation
    around, known = surroundings.read(account, side, None), directory.read()
    told = threads.read(account, [side.pk], known, whole=True)
    line = next(one for one in neighbours.sides([found.main_id]) if one.number == side.pk)
    living = main.merged_into_id is None
    drafts = drafting.drafts_in(side)
    own = next((one for one in drafts if one.author_id == account.pk and one.kind == Draft.Kind.REPLY), None)
    box = reply_box(account, own, around.people)
    revs = [(entry.id, entry.rev) for entry in told.entries]
    return {
        "main": main,
        "side": side,
        "line": _shown(line),
        "is_done": found.done_at is not None,
        "entries": told.entries,
        "seen": told.last_id,
        "rev": format(crc32(repr((revs, line)).encode()), "x"),
        "head": DrawerHead(main.pk, living and account.may(Right.REPLY), living and account.may(Right.MANAGE)),
        "box": box,
        "begun": begun_by_others(account, drafts, known.people, Draft.Kind.REPLY),
        "opened": reading.newest_id(),
        "max_upload": settings.ENVIRONMENT.max_upload_bytes,
        "page_title": _("Beside #%(number)s: %(subject)s") % {"number": main.pk, "subject": side.subject},
    }


def beginning(account: Account, main: Conversation, about: Message | None, *, forward: bool) -> dict[str, Any]:
    """Context of the drawer with a first letter. `about`: the message to be quoted or passed on; without one, a letter
    that was begun comes back with what it was about. While one is kept, another about something else is not."""
    kept = drafting.draft_for(main, by=account, kind=Draft.Kind.SIDE)
    if kept and about is None:
        about, forward = _about(account, main, kept), bool(kept.is_forward)
    is_this = kept is not None and (kept.about_id, bool(kept.is_forward)) == (about.pk if about else None, forward)
    draft = kept if is_this else None
    box: Box = box_of(account, draft)
    if draft:
        box.to, box.cc, box.refills = written(draft.to), written(draft.cc), draft.refills
    own = [one.pk for one in files.of_messages([about.pk]).get(about.pk, [])] if about and forward else []
    title = _("Forward a message") if forward else _("Write to somebody else")
    return {
        "main": main,
        "about": about,
        "about_text": (about.reply_text or about.text)[:MOST_QUOTED] if about else "",
        "forward": forward,
        "keeps": is_this or kept is None,
        **_of_others(account, main, Draft.Kind.SIDE),
        "files": [(row, row.pk in own) for row in _files(account, main) if not row.inline or row.pk in own],
        "subject": draft.subject if draft else siding.suggested_subject(about, main, forward=forward),
        "box": box,
        "max_upload": settings.ENVIRONMENT.max_upload_bytes,
        "page_title": title,
    }


def question(account: Account, main: Conversation, about: Message | None) -> dict[str, Any]:
    """Context of the drawer with a question to a colleague. `about`: the message that may be quoted; of one that was
    begun, the message it was about."""
    kept = drafting.draft_for(main, by=account, kind=Draft.Kind.ASK)
    about = about or (_about(account, main, kept) if kept else None)
    box = box_of(account, kept)
    if kept:
        box.to, box.refills = written(kept.to), kept.refills
    return {
        "main": main,
        "about": about,
        "about_text": (about.reply_text or about.text)[:MOST_QUOTED] if about else "",
        "asks": True,
        **_of_others(account, main, Draft.Kind.ASK),
        "box": box,
        "max_upload": settings.ENVIRONMENT.max_upload_bytes,
        "page_title": _("Ask a colleague by mail"),
    }


def _of_others(account: Account, main: Conversation, kind: Draft.Kind) -> dict[str, Any]:
    """What colleagues have begun of this kind, and how far the log was when this page was made."""
    opened = reading.newest_id()
    found = begun_by_others(account, drafting.drafts_in(main), directory.read().people, kind)
    return {"begun": found, "opened": opened}


def chosen_files(account: Account, main: Conversation, ids: Sequence[int], about: Message | None) -> list[Attachment]:
    """Those of the conversation's files that were chosen, and the pictures that stand in what is quoted or passed on."""
    inside = about.pk if about else 0
    found = [
        row
        for row in _files(account, main)
        if row.pk in ids or (row.message_id == inside and row.cid and _in(about, row))
    ]
    if set(ids) - {row.pk for row in found}:
        raise NotFound
    return found


def _about(account: Account, main: Conversation, kept: Draft) -> Message | None:
    """The message that a kept letter is about, if it is still to be seen."""
    try:
        return access.message_of(account, main, kept.about_id) if kept.about_id else None
    except NotFound:
        return None


def _in(about: Message | None, row: Attachment) -> bool:
    return about is not None and f"cid:{row.cid}" in about.html


def _files(account: Account, main: Conversation) -> list[Attachment]:
    """Files of the conversation's messages, newest first."""
    return access.files_of(account, main)[:MOST_FILES]


def _shown(side: Side, *, writes: str = "") -> ShownSide:
    word, tone, icon = _STATES[side.state]
    at = side.answered_at if side.state == "answered" else side.wrote_at
    return ShownSide(
        side.number, side.subject, side.who, _(word), tone, icon, side.attention, at, side.messages > 0, writes
    )
