"""Small facts beside a message: who really sent it, which of our messages it answers, where ours is on its way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from rapport.conversations.asking import Inquiry
from rapport.files import picturing
from rapport.files.access import signed_path
from rapport.files.models import Attachment
from rapport.kit import html
from rapport.outbox import wording
from rapport.outbox.listing import Way
from rapport.people.models import Account
from rapport.ui import moments

# Word, hint, tone, icon.
_SENDER = {
    "authenticated": (
        noop("Sender proved"),
        noop("The sender’s mail server vouches for this address."),
        "good",
        "shield-check",
    ),
    "claimed": (
        noop("Sender not proved"),
        noop("Nobody vouches for this address: it says who it is, and may be anybody."),
        "",
        "shield-question-mark",
    ),
    "failed": (
        noop("Sender check failed"),
        noop("The mail server of this address says the message is not from it. Be careful."),
        "bad",
        "shield-x",
    ),
}
_REFERENCE = {
    "valid": (
        noop("Answers ours"),
        noop("It carries a reference that only our own message could give."),
        "good",
        "link",
    ),
    "invalid": (
        noop("Forged reference"),
        noop("It claims to answer a message of ours, but the reference is not ours."),
        "bad",
        "unlink",
    ),
}
# The same; where the hint is empty, what the mail server answered stands in its place.
_WAY = {
    "queued": (noop("Queued"), noop("It goes out in a moment."), "", "clock"),
    "sending": (noop("Sending"), noop("The mail server is taking it now."), "", "send"),
    "sent": (noop("Sent"), noop("The mail server took it %(when)s."), "good", "check"),
    "failed": (noop("Not delivered"), "", "bad", "octagon-alert"),
    "possibly_sent": (
        noop("Possibly sent"),
        noop("The connection broke while it was handed over. Find out whether it arrived before you send it again."),
        "bad",
        "circle-question-mark",
    ),
    "cancelled": (noop("Cancelled"), "", "", "x"),
}
_TROUBLED = frozenset({"failed", "possibly_sent"})
SHOWN_INLINE = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


@dataclass(frozen=True, slots=True)
class Fact:
    """A word with an icon, a tone (good, risk, bad or empty) and a longer hint. `trouble`: a person should act."""

    word: str
    hint: str
    tone: str
    icon: str
    trouble: bool = False


@dataclass(frozen=True, slots=True)
class ShownFile:
    """An attachment behind its signed address. `image`: may be shown in the page; `inline`: stands in the text itself."""

    pk: int
    name: str
    mime: str
    size: int
    url: str
    image: bool
    inline: bool


def sender(check: str) -> Fact | None:
    """How sure we are who sent it; a fact of its own, never mixed with the reference."""
    return _fact(_SENDER.get(check))


def reference(check: str) -> Fact | None:
    """Whether it answers a message of ours; a fact of its own, never mixed with the sender."""
    return _fact(_REFERENCE.get(check))


def asked(inquiry: Inquiry, *, held: bool) -> tuple[str, str, str]:
    """Word, tone and icon of a question by mail; `held`: it has not left yet, so nobody can have answered."""
    if held:
        return _("Question by mail: not sent yet"), "note", "clock"
    if inquiry.answered_at:
        return _("Asked by mail: answered"), "good", "message-square-reply"
    return _("Asked by mail: no answer yet"), "note", "hourglass"


def delivery(way: Way) -> Fact:
    """Where our message is on its way."""
    if way.state == "deferred":
        word = _("Delayed, next try %(when)s") % {"when": moments.full(way.next_try_at) if way.next_try_at else "?"}
        return Fact(word, wording.in_words(way.last_answer), "risk", "clock-alert", trouble=True)
    word, hint, tone, icon = _WAY[way.state]
    said = (
        _(hint) % {"when": moments.full(way.sent_at) if way.sent_at else ""}
        if hint
        else wording.in_words(way.last_answer)
    )
    return Fact(_(word), said, tone, icon, trouble=way.state in _TROUBLED)


def shown_file(attachment: Attachment, viewer: Account) -> ShownFile:
    """An attachment for this viewer."""
    return ShownFile(
        pk=attachment.pk,
        name=attachment.filename,
        mime=attachment.mime,
        size=attachment.stored.size,
        url=signed_path(attachment, viewer=viewer.pk),
        image=attachment.mime in SHOWN_INLINE and not picturing.is_refused(attachment.stored.sha256),
        inline=attachment.inline,
    )


def pictures(attached: Sequence[Attachment], words: str, viewer: Account) -> dict[str, str]:
    """Addresses, by Content-ID, of the attachments that stand in these words."""
    if "cid:" not in words:
        return {}
    shown = html.inline_ids(words)
    return {one.cid: f"{signed_path(one, viewer=viewer.pk)}?inline=1" for one in attached if one.cid in shown}


def _fact(told: tuple[str, str, str, str] | None) -> Fact | None:
    return Fact(_(told[0]), _(told[1]), told[2], told[3]) if told else None
