"""The words of mails: what happened, an excerpt, where to look, how to answer, why it was sent and how to change that."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from rapport.channels import registry
from rapport.conversations.models import Conversation, Message
from rapport.kit import text
from rapport.kit.text import ELLIPSIS
from rapport.notifications.models import Notification
from rapport.notifications.topics import Said, Why, sentence
from rapport.outbox.queueing import SystemMail
from rapport.people import speaking
from rapport.people.models import Account
from rapport.people.rights import Right

_SUBJECT_CHARS = 200
_EXCERPT = 2000
_MOST_LINES = 50
_HOW_TO_ANSWER = {
    "notify": gettext_lazy("Answer this mail and your words go to the customer."),
    "note": gettext_lazy("Answer this mail and your words become a note that only colleagues see."),
}
_NOTES = frozenset({Said.NOTED, Said.MENTIONED, Said.TEAM_MENTIONED, Said.ASIDE, Said.ANSWERED})


def write(row: Notification, *, message: Message | None = None) -> SystemMail:
    """The mail about one thing, in its reader's language. Words of others are shown as text, never as markup.

    `message`: what it is about, for who has it at hand.
    """
    account, conversation = row.account, row.conversation
    if message is None and row.message_id:
        message = Message.objects.filter(pk=row.message_id).first()
    with translation.override(speaking.colleague(account)):
        headline = sentence(row.said, who=row.who, subject=conversation.subject)
        excerpt = _excerpt(message) if message else ""
        purpose = _purpose(row, account)
        external_id, reply_to = _answerable(purpose, message, account, conversation)
        link = f"{settings.ENVIRONMENT.base_url}/conversations/{conversation.pk}/"
        foot = [str(_HOW_TO_ANSWER[purpose])] if external_id else []
        why, rule = f"{Why(row.why).label} " + _("Change this:"), _rule_link(row.topic)
        blocks = [_full_stop(headline), *([excerpt] if excerpt else []), _("Open it: %s") % link]
        return SystemMail(
            to=account.email,
            subject=text.clean_line(f"[#{conversation.pk}] {headline}", _SUBJECT_CHARS),
            text="\n\n".join([*blocks, *foot, f"-- \n{why} {rule}"]),
            html=_html(headline, excerpt, link=link, foot=[escape(line) for line in foot] + [_with_link(why, rule)]),
            purpose="notification",
            external_id=external_id,
            reply_to=reply_to,
        )


def write_summary(rows: Sequence[Notification], *, account: Account, is_digest: bool) -> SystemMail:
    """One mail about several things, oldest first: what was held back, or the digest. It is not to be answered."""
    with translation.override(speaking.colleague(account)):
        count = len(rows)
        if is_digest:
            title = ngettext("Your digest: %(n)d thing happened", "Your digest: %(n)d things happened", count)
            why = _("You get this once a day, because you chose the digest for some news.")
        else:
            title = ngettext("%(n)d thing happened in the meantime", "%(n)d things happened in the meantime", count)
            why = _("You get this in one mail because much came at once, or in your quiet hours.")
        headline, foot = title % {"n": count}, why + " " + _("Change this:")
        lines = [_line(row) for row in rows[:_MOST_LINES]]
        more = count - len(lines)
        rest = [ngettext("And %(n)d more.", "And %(n)d more.", more) % {"n": more}] if more else []
        said = [f"{words}\n{link}" for words, link in lines]
        items = "".join(f'<li><a href="{escape(link)}">{escape(words)}</a></li>' for words, link in lines)
        tail = "".join(f"<p>{escape(line)}</p>" for line in rest)
        return SystemMail(
            to=account.email,
            subject=text.clean_line(headline, _SUBJECT_CHARS),
            text="\n\n".join([_full_stop(headline), *said, *rest, f"-- \n{foot} {_rule_link()}"]),
            html=_tagged(
                f"<p><strong>{escape(_full_stop(headline))}</strong></p><ul>{items}</ul>{tail}"
                f"<p><small>{_with_link(foot, _rule_link())}</small></p>"
            ),
            purpose="notification",
        )


def _line(row: Notification) -> tuple[str, str]:
    conversation = row.conversation
    words = sentence(row.said, who=row.who, subject=conversation.subject)
    return f"[#{conversation.pk}] {words}", f"{settings.ENVIRONMENT.base_url}/conversations/{conversation.pk}/"


def _purpose(row: Notification, account: Account) -> str:
    """What an answer becomes: notify (a reply to the customer), note, or empty: it leads nowhere."""
    if row.said in _NOTES:
        return "note"
    return "notify" if row.said == Said.WROTE and account.may(Right.REPLY) else ""


def _answerable(purpose: str, message: Message | None, account: Account, conversation: Conversation) -> tuple[str, str]:
    """A Message-ID bound to this account and where to answer; both empty where an answer would lead nowhere."""
    inbox = conversation.inbox
    if not purpose or message is None or inbox is None:
        return "", ""
    adapter = registry.adapter_for(inbox.kind)
    if not adapter.capabilities.threads_by_reference:
        return "", ""
    external_id = adapter.new_external_id(
        message.pk, purpose=purpose, address=inbox.address, signer=settings.KEY_RING, account_id=account.pk
    )
    return external_id, inbox.address


def _excerpt(message: Message) -> str:
    words = (message.reply_text or message.text).strip()
    return words if len(words) <= _EXCERPT else words[:_EXCERPT].rstrip() + ELLIPSIS


def _rule_link(topic: str = "") -> str:
    return f"{settings.ENVIRONMENT.base_url}/account/notifications/" + (f"{topic}/" if topic else "")


def _with_link(words: str, address: str) -> str:
    return f'{escape(words)} <a href="{escape(address)}">{escape(address)}</a>'


def _html(headline: str, excerpt: str, *, link: str, foot: list[str]) -> str:
    """`foot` is markup already."""
    quoted = f"<blockquote>{escape(excerpt).replace(chr(10), '<br>')}</blockquote>" if excerpt else ""
    feet = "".join(f"<p><small>{line}</small></p>" for line in foot)
    opened = f'<p><a href="{escape(link)}">{escape(_("Open the conversation"))}</a></p>'
    return _tagged(f"<p><strong>{escape(_full_stop(headline))}</strong></p>{quoted}{opened}{feet}")


def _full_stop(sentence: str) -> str:
    return _("%(sentence)s.") % {"sentence": sentence}


def _tagged(markup: str) -> str:
    """For those who have mails read aloud: in which language, and from which side."""
    side = "rtl" if translation.get_language_bidi() else "ltr"
    return f'<div lang="{translation.get_language() or "en"}" dir="{side}">{markup}</div>'
