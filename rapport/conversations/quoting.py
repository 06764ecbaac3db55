"""A message's words below one's own: quoted, or passed on whole."""

from __future__ import annotations

from datetime import tzinfo
from html import escape

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from rapport.conversations.models import Message
from rapport.hours import keeping
from rapport.kit import html
from rapport.people import speaking
from rapport.ui import moments
from rapport.ui.lists import listed

_MOST = 200_000


def below(message: Message | None, *, forward: bool) -> str:
    """HTML to stand below what somebody writes; empty without a message. Words of ours are the
    company's, and so are its days and hours, because nobody knows who reads them. Pictures inside keep their
    Content-IDs."""
    if message is None:
        return ""
    with translation.override(speaking.company()):
        return forwarded(message) if forward else quoted(message)


def quoted(message: Message) -> str:
    """What is new in a message as a quotation, with who wrote it and when."""
    return f'<p>{escape(attribution(message))}</p><blockquote type="cite">{_as_lines(message.reply_text or message.text)}</blockquote>'


def attribution(message: Message, zone: tzinfo | None = None) -> str:
    """The line above a quotation, in the active language and in the reader's time zone; None: the company's."""
    who = message.sender_name or message.sender_email
    return _("On %(date)s, %(who)s wrote:") % {"date": _written(message, zone), "who": who}


def forwarded(message: Message) -> str:
    """The whole message below a head that says whose it is, as mail programs write it."""
    sender = f"{message.sender_name} <{message.sender_email}>" if message.sender_name else message.sender_email
    facts = [
        (_("From"), sender.removesuffix(" <>")),
        (_("Date"), _written(message, None)),
        (_("Subject"), message.subject),
        (_("To"), listed(one.get("name") or one.get("email", "") for one in message.to)),
    ]
    head = "<br>".join(
        escape(_("%(name)s: %(value)s") % {"name": name, "value": value}) for name, value in facts if value
    )
    body = html.sanitize(message.html)[:_MOST] if message.html else f"<p>{_as_lines(message.text)}</p>"
    title = escape(_("Forwarded message"))
    return f"<p>---------- {title} ----------<br>{head}</p>{body}"


def _written(message: Message, zone: tzinfo | None) -> str:
    with timezone.override(zone or keeping.zone()):
        return moments.exact(message.at)


def _as_lines(words: str) -> str:
    return escape(words.strip()[:_MOST]).replace("\n", "<br>")
