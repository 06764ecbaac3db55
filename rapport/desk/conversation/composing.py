"""What the composer begins with: a draft, or nothing and the right recipients."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings

from rapport.channels.access import expect_inboxes_to_write_from, inboxes_to_write_from
from rapport.conversations import drafting
from rapport.conversations.batch_planning import WRITES_NOW
from rapport.conversations.models import Conversation, Draft, Participant
from rapport.conversations.surroundings import Person
from rapport.desk.conversation.forms import MOST_TEXT
from rapport.desk.conversation.showing import audience_words
from rapport.files import listing as files
from rapport.files.access import signed_path
from rapport.files.models import Attachment
from rapport.kit import clock, html
from rapport.people.models import Account
from rapport.people.rights import Right

MOST_SUGGESTED = 10


@dataclass(frozen=True, slots=True)
class Asking:
    """Whom a reply goes to when nobody chose otherwise, as one edits it; `known`: all whom the conversation reaches."""

    to: str = ""
    cc: str = ""
    known: str = ""


@dataclass(slots=True)
class Box:
    """One field to write in. `body` is plain text for pages without JavaScript, `html` what the rich editor begins with.

    `pictures`: those of the text by Content-ID, each with the id of its upload and where to see it.
    """

    body: str = ""
    html: str = ""
    to: str = ""
    cc: str = ""
    bcc: str = ""
    audience: str = ""
    returned: str = ""
    refills: int = 0
    asking: Asking = field(default_factory=Asking)
    inbox_id: int | None = None
    suggested: list[str] = field(default_factory=list)
    uploads: list[Attachment] = field(default_factory=list)
    pictures: dict[str, dict[str, object]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Begun:
    """What a colleague has begun to write; `to` and `subject` of a letter aside, `writes_now`: it grew a moment ago."""

    pk: int
    name: str
    at: datetime
    text: str
    files: int
    to: str = ""
    subject: str = ""
    writes_now: bool = False


def composer(
    account: Account, conversation: Conversation, people: Sequence[Person], names: Mapping[int, str]
) -> dict[str, Any]:
    """Context of the composer. `people`: everybody outside who takes part; `names` of colleagues by id.

    One query, and one for a draft's files.
    """
    found = drafting.drafts_in(conversation)
    drafts = {draft.kind: draft for draft in found if draft.author_id == account.pk}
    reply, note = drafts.get(Draft.Kind.REPLY), drafts.get(Draft.Kind.NOTE)
    note_is_newer = bool(note and (not reply or note.updated_at > reply.updated_at))
    return {
        "reply": reply_box(account, reply, people),
        "note": box_of(account, note),
        "begun": begun_by_others(account, found, names, Draft.Kind.REPLY),
        "mode": "note" if note_is_newer or not account.may(Right.REPLY) else "reply",
        "max_upload": settings.ENVIRONMENT.max_upload_bytes,
        "most_text": MOST_TEXT,
        "inboxes": _inboxes(account, conversation) if account.may(Right.REPLY) else [],
    }


def expect(account: Account, conversation: Conversation) -> None:
    """Bring along what `composer` asks."""
    drafting.expect_drafts_in(conversation)
    if account.may(Right.REPLY):
        expect_inboxes_to_write_from(account)


def _inboxes(account: Account, conversation: Conversation) -> list[tuple[int, str]]:
    """Where a reply can be sent from, the conversation's own inbox first; one statement."""
    found = [(pk, f"{name} <{address}>") for pk, name, address in inboxes_to_write_from(account)]
    own = conversation.inbox
    if own is None:
        return found
    return [(own.pk, f"{own.name} <{own.address}>"), *(one for one in found if one[0] != own.pk)]


def begun_by_others(
    account: Account, drafts: Iterable[Draft], names: Mapping[int, str], kind: Draft.Kind
) -> list[Begun]:
    """What colleagues have begun of this kind, for who may go on with it."""
    if not account.may(Right.REPLY):
        return []
    return [
        Begun(
            draft.pk,
            names.get(draft.author_id, ""),
            draft.updated_at,
            html.to_text(draft.html),
            len(draft.attachment_ids),
            written([*draft.to, *draft.cc, *draft.bcc]),
            draft.subject,
            clock.now() - draft.updated_at < WRITES_NOW,
        )
        for draft in drafts
        if draft.author_id != account.pk and draft.kind == kind
    ]


def written(addresses: Iterable[dict[str, str]]) -> str:
    """Addresses as one edits them: `Ada Love <ada@example.org>, bo@example.org`."""
    return ", ".join(f"{one['name']} <{one['email']}>" if one.get("name") else one["email"] for one in addresses)


def reply_box(account: Account, draft: Draft | None, people: Sequence[Person]) -> Box:
    """A reply's words, files and recipients: those of the draft, else those that take part."""
    box = box_of(account, draft)
    asking, copied = _addresses(people, Participant.Role.REQUESTER), _addresses(people, Participant.Role.COPY)
    to, cc = draft.to if draft and draft.to else asking, draft.cc if draft else copied
    bcc = draft.bcc if draft else []
    box.to, box.cc, box.bcc = written(to), written(cc), written(bcc)
    box.audience = audience_words([one.get("name") or one["email"] for one in [*to, *cc, *bcc]])
    box.returned, box.refills = (draft.returned_because, draft.refills) if draft else ("", 0)
    box.asking = asking_of(people)
    known = {one["email"] for one in [*to, *cc, *bcc]}
    suggested = [one["email"] for one in _addresses(people, Participant.Role.SUGGESTED)]
    box.suggested = [email for email in suggested if email not in known][:MOST_SUGGESTED]
    return box


def asking_of(people: Sequence[Person]) -> Asking:
    """Of those who take part now."""
    to, cc = (written(_addresses(people, role)) for role in (Participant.Role.REQUESTER, Participant.Role.COPY))
    return Asking(to, cc, " ".join(one.email for one in people if one.role != Participant.Role.SUGGESTED))


def _addresses(people: Sequence[Person], role: Participant.Role) -> list[dict[str, str]]:
    return [{"email": row.email, "name": row.name} for row in people if row.role == role]


def box_of(account: Account, draft: Draft | None) -> Box:
    """Words and files of a draft; the fields for recipients are left empty."""
    if draft is None:
        return Box()
    uploads = files.uploads(draft.attachment_ids, uploader=account.pk) if draft.attachment_ids else []
    inside = html.inline_ids(draft.html)
    pictures = {one.cid: _picture(account, one) for one in uploads if one.cid in inside}
    others = [one for one in uploads if one.cid not in pictures]
    return Box(html.to_text(draft.html), draft.html, inbox_id=draft.inbox_id, uploads=others, pictures=pictures)


def _picture(account: Account, upload: Attachment) -> dict[str, object]:
    return {"id": upload.pk, "url": f"{signed_path(upload, viewer=account.pk)}?inline=1"}
