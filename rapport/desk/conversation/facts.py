"""Small facts beside a message: who really sent it, which of our messages it answers, where ours is on its way."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from rapport.conversations.models import Message
from rapport.files.access import signed_path
from rapport.files.models import Attachment
from rapport.outbox.models import Delivery
from rapport.people.models import Account
from rapport.ui import moments

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


def sender(message: Message) -> Fact | None:
    """How sure we are who sent it; a fact of its own, never mixed with the reference."""
    return {
        "authenticated": Fact(
            _("Sender proved"), _("The sender’s mail server vouches for this address."), "good", "shield-check"
        ),
        "claimed": Fact(
            _("Sender not proved"),
            _("Nobody vouches for this address: it says who it is, and may be anybody."),
            "",
            "shield-question-mark",
        ),
        "failed": Fact(
            _("Sender check failed"),
            _("The mail server of this address says the message is not from it. Be careful."),
            "bad",
            "shield-x",
        ),
    }.get(message.sender_check)


def reference(message: Message) -> Fact | None:
    """Whether it answers a message of ours; a fact of its own, never mixed with the sender."""
    return {
        "valid": Fact(
            _("Answers ours"), _("It carries a reference that only our own message could give."), "good", "link"
        ),
        "invalid": Fact(
            _("Forged reference"),
            _("It claims to answer a message of ours, but the reference is not ours."),
            "bad",
            "unlink",
        ),
    }.get(message.reference_check)


def delivery(row: Delivery) -> Fact:
    """Where our message is on its way."""
    answer = row.last_answer
    states = {
        "queued": Fact(_("Queued"), _("It goes out in a moment."), "", "clock"),
        "sending": Fact(_("Sending"), _("The mail server is taking it now."), "", "send"),
        "sent": Fact(_("Sent"), _("The mail server took it %(when)s.") % _when(row), "good", "check"),
        "deferred": Fact(
            _("Delayed, next try %(when)s") % {"when": moments.full(row.next_try_at) if row.next_try_at else "?"},
            answer,
            "risk",
            "clock-alert",
            trouble=True,
        ),
        "failed": Fact(_("Not delivered"), answer, "bad", "octagon-alert", trouble=True),
        "possibly_sent": Fact(
            _("Possibly sent"),
            _("The connection broke while it was handed over. Ask the customer before you send it again."),
            "bad",
            "circle-question-mark",
            trouble=True,
        ),
        "cancelled": Fact(_("Cancelled"), answer, "", "x"),
    }
    return states[row.state]


def shown_file(attachment: Attachment, viewer: Account) -> ShownFile:
    """An attachment for this viewer."""
    return ShownFile(
        pk=attachment.pk,
        name=attachment.filename,
        mime=attachment.mime,
        size=attachment.stored.size,
        url=signed_path(attachment, viewer=viewer.pk),
        image=attachment.mime in SHOWN_INLINE,
        inline=attachment.inline,
    )


def _when(row: Delivery) -> dict[str, str]:
    return {"when": moments.full(row.sent_at) if row.sent_at else ""}
