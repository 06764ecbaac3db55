"""The words of a notification: what happened, an excerpt, where to look, how to answer, and why it was sent."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from html import escape

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rapport.channels import registry
from rapport.conversations.models import Conversation, Message
from rapport.kit import text
from rapport.outbox.queueing import SystemMail
from rapport.people.models import Account

_SUBJECT_CHARS = 200


class Why(Enum):
    """Why somebody gets a mail, in a sentence they read."""

    ASSIGNEE = gettext_lazy("You get this because you are responsible for this conversation.")
    ASSIGNED = gettext_lazy("You get this because the conversation was assigned to you.")
    FOLLOWER = gettext_lazy("You get this because you follow this conversation.")
    MENTIONED = gettext_lazy("You get this because a colleague mentioned you.")
    AUTHOR = gettext_lazy("You get this because you wrote the reply.")


_HOW_TO_ANSWER = {
    "notify": gettext_lazy("Answer this mail and your words go to the customer."),
    "note": gettext_lazy("Answer this mail and your words become a note that only colleagues see."),
}


@dataclass(frozen=True, slots=True)
class News:
    """What to tell. `said` has places for %(who)s and %(subject)s; `purpose` is notify (an answer replies to the
    customer), note (an answer is a note) or empty (not to be answered)."""

    said: object
    why: Why
    who: str = ""
    excerpt: str = ""
    message: Message | None = None
    purpose: str = ""


def write(news: News, *, account: Account, conversation: Conversation) -> SystemMail:
    """The mail to one account, in its language. Words of others are shown as text, never as markup."""
    with translation.override(account.language or settings.LANGUAGE_CODE):
        headline = str(news.said) % {"who": news.who, "subject": conversation.subject or _("(no subject)")}
        subject = text.clean_line(f"[#{conversation.pk}] {headline}", _SUBJECT_CHARS)
        external_id, reply_to = _answerable(news, account, conversation)
        link = f"{settings.ENVIRONMENT.base_url}/conversations/{conversation.pk}/"
        how = str(_HOW_TO_ANSWER[news.purpose]) if external_id else ""
        off = _("You can turn these mails off in your settings.")
        why = f"{news.why.value} {off}"
        blocks = [headline + ".", *([news.excerpt] if news.excerpt else []), _("Open it: %s") % link]
        body = "\n\n".join([*blocks, *([how] if how else []), "-- \n" + why])
        html = _html(headline, news.excerpt, link=link, foot=[how, why])
    return SystemMail(
        to=account.email,
        subject=subject,
        text=body,
        html=html,
        purpose="notification",
        external_id=external_id,
        reply_to=reply_to,
    )


def _answerable(news: News, account: Account, conversation: Conversation) -> tuple[str, str]:
    """A Message-ID bound to this account and where to answer; both empty where an answer would lead nowhere."""
    inbox = conversation.inbox
    if not news.purpose or news.message is None or inbox is None:
        return "", ""
    adapter = registry.adapter_for(inbox.kind)
    if not adapter.capabilities.threads_by_reference:
        return "", ""
    external_id = adapter.new_external_id(
        news.message.pk,
        purpose=news.purpose,
        address=inbox.address,
        signer=settings.KEY_RING,
        account_id=account.pk,
    )
    return external_id, inbox.address


def _html(headline: str, excerpt: str, *, link: str, foot: list[str]) -> str:
    quoted = f"<blockquote>{escape(excerpt).replace(chr(10), '<br>')}</blockquote>" if excerpt else ""
    feet = "".join(f"<p><small>{escape(line)}</small></p>" for line in foot if line)
    opened = f'<p><a href="{escape(link)}">{escape(_("Open the conversation"))}</a></p>'
    return f"<p><strong>{escape(headline)}.</strong></p>{quoted}{opened}{feet}"
