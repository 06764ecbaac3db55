"""A message's words below one's own: quoted, or passed on whole."""

from __future__ import annotations

from html import escape

from django.utils import translation
from django.utils.translation import gettext as _

from rapport.conversations.models import Message
from rapport.kit import html
from rapport.people import speaking

_MOST = 200_000


def below(message: Message | None, *, forward: bool) -> str:
    """HTML to stand below what somebody writes; empty without a message. Words of ours are in the company's language,
    because nobody knows what the reader speaks. Pictures inside keep their Content-IDs."""
    if message is None:
        return ""
    with translation.override(speaking.company()):
        return forwarded(message) if forward else quoted(message)


def quoted(message: Message) -> str:
    """What is new in a message as a quotation, with who wrote it and when."""
    who = message.sender_name or message.sender_email
    line = _("On %(date)s, %(who)s wrote:") % {"date": message.at.strftime("%Y-%m-%d %H:%M UTC"), "who": who}
    return f'<p>{escape(line)}</p><blockquote type="cite">{_as_lines(message.reply_text or message.text)}</blockquote>'


def forwarded(message: Message) -> str:
    """The whole message below a head that says whose it is, as mail programs write it."""
    sender = f"{message.sender_name} <{message.sender_email}>" if message.sender_name else message.sender_email
    facts = [
        (_("From"), sender.removesuffix(" <>")),
        (_("Date"), message.at.strftime("%Y-%m-%d %H:%M UTC")),
        (_("Subject"), message.subject),
        (_("To"), ", ".join(one.get("name") or one.get("email", "") for one in message.to)),
    ]
    head = "<br>".join(f"{escape(name)}: {escape(value)}" for name, value in facts if value)
    body = html.sanitize(message.html)[:_MOST] if message.html else f"<p>{_as_lines(message.text)}</p>"
    title = escape(_("Forwarded message"))
    return f"<p>---------- {title} ----------<br>{head}</p>{body}"


def _as_lines(words: str) -> str:
    return escape(words.strip()[:_MOST]).replace("\n", "<br>")
