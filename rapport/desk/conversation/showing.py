"""Messages as they are shown: who, to whom, how sure, where on its way, and what to fold away."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from markupsafe import Markup, escape

from rapport.channels import appointments, notices
from rapport.conversations.asking import Inquiry
from rapport.conversations.models import Message
from rapport.conversations.timeline import Said
from rapport.desk.conversation import facts
from rapport.desk.conversation.facts import Fact, ShownFile
from rapport.files.models import Attachment
from rapport.kit import clock, html
from rapport.outbox.listing import Way
from rapport.people.models import Account
from rapport.people.rights import Right
from rapport.ui import moments
from rapport.ui.lists import listed

Kind, State = Message.Kind, Message.State
_SIDES = {Kind.CUSTOMER: "in", Kind.REPLY: "out", Kind.NOTE: "note", Kind.AUTOMATIC: "out"}
_SHAPED = re.compile(r"<(?:img|table)\b")
_ADDRESS = re.compile(r"https?://[^\s<>\"']{1,2000}")
_TAIL = ".,;:!?)]}»”’"


@dataclass(slots=True)
class ShownMessage:
    """What `_message.html` writes down. `rev` changes when anything shown changes."""

    id: str
    pk: int
    rev: str
    side: str
    state: str
    who: str
    tone: int
    email: str
    label: str
    label_tone: str
    label_icon: str
    audience: str
    at: datetime
    text: Markup
    html: Markup
    folded: Markup
    framed: bool
    quiet: bool
    has_html: bool
    remote_images: bool
    sender: Fact | None
    reference: Fact | None
    delivery: Fact | None
    held_word: str
    mine: bool
    has_raw: bool
    can_split: bool
    can_forward: bool
    from_conversation: int | None
    also_received: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    attachments: list[ShownFile] = field(default_factory=list)
    is_event: bool = False


@dataclass(frozen=True, slots=True)
class Around:
    """What a message's row does not hold itself."""

    viewer: Account
    number: int
    ways: Mapping[int, Way]
    attachments: Mapping[int, Sequence[Attachment]]
    inboxes: Mapping[int, str]
    messages: int
    inquiries: Mapping[int, Inquiry] = field(default_factory=dict)


def shown_message(message: Said, around: Around) -> ShownMessage:
    """One message for the template."""
    way = around.ways.get(message.pk)
    inquiry, held = around.inquiries.get(message.pk), message.state == State.HELD
    label, label_tone, label_icon = facts.asked(inquiry, held=held) if inquiry else _label(message)
    framed = _is_framed(message)
    ours = message.kind in (Kind.REPLY, Kind.NOTE) and not _came_by_mail(message)
    attached = around.attachments.get(message.pk, ())
    pictures = facts.pictures(attached, message.html, around.viewer) if ours and attached else {}
    rev = f"{message.state}{message.attachment_count}{way.state if way else ''}{way.attempts if way else ''}"
    rev += "a" if inquiry and inquiry.answered_at else ""
    return ShownMessage(
        id=f"m-{message.pk}",
        pk=message.pk,
        rev=f"{rev}-{message.release_at or ''}-{len(message.problems)}-{len(message.also_received_at)}",
        side=_SIDES.get(Kind(message.kind), "system"),
        state=message.state,
        who=_who(message),
        tone=(message.author_id or message.customer_id or 0) % 6,
        email=message.sender_email,
        label=label,
        label_tone=label_tone,
        label_icon=label_icon,
        audience=_asked_audience(inquiry) if inquiry else _audience(message),
        at=message.at,
        text=Markup("") if ours and message.html else linked(appointments.in_words(message.reply_text or message.text)),
        # Sanitised when it was stored and again here, where it stands in our own page.
        html=Markup(html.for_our_page(message.html, pictures)) if ours and message.html else Markup(""),  # noqa: S704
        folded=linked(_sent_along(inquiry, around.viewer) if inquiry else _folded(message)),
        framed=framed,
        quiet=message.kind == Kind.AUTOMATIC,
        has_html=bool(message.html),
        remote_images=framed and html.has_remote_content(message.html),
        sender=facts.sender(message.sender_check),
        reference=facts.reference(message.reference_check),
        delivery=facts.delivery(way) if way else None,
        held_word=_held_word(message),
        mine=message.author_id == around.viewer.pk,
        has_raw=bool(message.raw_sha256),
        can_split=message.state == State.DONE and around.messages > 1,
        can_forward=message.state == State.DONE and message.kind not in (Kind.NOTE, Kind.AUTOMATIC),
        from_conversation=message.conversation_id if message.conversation_id != around.number else None,
        also_received=[around.inboxes.get(one.get("inbox") or 0, "") for one in message.also_received_at],
        problems=[notices.in_words(str(problem)) for problem in message.problems],
        attachments=[facts.shown_file(one, around.viewer) for one in attached if one.cid not in pictures],
    )


def linked(text: str) -> Markup:
    """Plain text, escaped, with web addresses made clickable."""
    if "://" not in text:
        return escape(text)
    parts, at = [], 0
    for match in _ADDRESS.finditer(text):
        address = match.group().rstrip(_TAIL)
        parts.append(escape(text[at : match.start()]))
        parts.append(Markup('<a href="{0}" target="_blank" rel="noopener noreferrer nofollow">{0}</a>').format(address))
        at = match.start() + len(address)
    return Markup("").join([*parts, escape(text[at:])])


def _who(message: Said) -> str:
    if message.author_id is not None:
        return message.author
    if message.kind == Kind.AUTOMATIC:
        return _("Automatic message")
    return message.sender_name or message.customer or message.sender_email or _("Unknown")


def _label(message: Said) -> tuple[str, str, str]:
    """A word beside the name for what is no plain message, its tone and icon."""
    if message.state == State.STRANGER:
        return _("Held: not part of this conversation"), "risk", "hand"
    if _came_by_mail(message):
        return _("Answered by mail"), "note", "message-square-reply"
    labels = {
        Kind.NOTE: (_("Note"), "note", "lock"),
        Kind.BOUNCE: (_("Delivery report"), "bad", "mail-x"),
        Kind.AUTO_REPLY: (_("Automatic reply"), "", "refresh-cw"),
        Kind.NOTICE: (_("Notice"), "risk", "circle-alert"),
    }
    return labels.get(Kind(message.kind), ("", "", ""))


def _came_by_mail(message: Said) -> bool:
    """A note of somebody without an account here, or whose account could not be proved."""
    return message.kind == Kind.NOTE and message.author_id is None


def _asked_audience(inquiry: Inquiry) -> str:
    return _("%(who)s gets this by mail. Besides, only colleagues see it.") % {"who": inquiry.who}


def _sent_along(inquiry: Inquiry, viewer: Account) -> str:
    """What went along with a question, for those who may read the message it was taken from."""
    return html.to_text(inquiry.context) if viewer.may(Right.READ_MESSAGES) else ""


def _audience(message: Said) -> str:
    if _came_by_mail(message):
        return _("From %(email)s. Only colleagues see this") % {"email": message.sender_email}
    if message.kind == Kind.NOTE:
        return _("Only colleagues see this")
    if message.kind not in (Kind.REPLY, Kind.AUTOMATIC):
        copies = listed(one.get("name") or one.get("email", "") for one in message.cc)
        return _("Copy: %(people)s") % {"people": copies} if copies else ""
    people = [*message.to, *message.cc, *message.bcc]
    return audience_words([one.get("name") or one.get("email", "") for one in people])


def audience_words(names: list[str]) -> str:
    """`To Carla and 2 others`."""
    if not names:
        return _("Nobody would receive this")
    others = len(names) - 1
    if not others:
        return _("To %(who)s") % {"who": names[0]}
    words = ngettext("To %(who)s and %(n)d other", "To %(who)s and %(n)d others", others)
    return words % {"who": names[0], "n": others}


def _is_framed(message: Said) -> bool:
    """Whether the HTML says more than the text: pictures or tables, and nothing that was trimmed for display.

    When unsure more is shown: HTML without any text of its own always.
    """
    if not message.html or message.kind in (Kind.REPLY, Kind.NOTE, Kind.AUTOMATIC):
        return False
    if not message.reply_text.strip():
        return True
    return not (message.quoted_text or message.signature) and bool(_SHAPED.search(message.html))


def _folded(message: Said) -> str:
    """What display trims: signature and quotation."""
    ours = message.kind in (Kind.REPLY, Kind.NOTE) and not _came_by_mail(message)
    if ours or not message.reply_text:
        return ""
    return "\n\n".join(part for part in (message.signature, message.quoted_text) if part.strip())


def _held_word(message: Said) -> str:
    if message.state != State.HELD or message.release_at is None:
        return ""
    seconds = (message.release_at - clock.now()).total_seconds()
    if message.kind == Kind.NOTE and not message.to:
        return _("Colleagues get this note in a moment.")
    if seconds < 60:
        return _("Goes out in a moment.")
    return _("Goes out %(when)s.") % {"when": moments.full(message.release_at)}
