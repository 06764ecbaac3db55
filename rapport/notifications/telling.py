"""Reactions that tell colleagues by mail what concerns them. Each is safe to repeat and never tells who did it."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from rapport.conversations import access, locking
from rapport.conversations.models import Conversation, Involvement, Message
from rapport.events.models import Event
from rapport.kit.text import ELLIPSIS
from rapport.notifications import sparing
from rapport.notifications.models import Notice
from rapport.notifications.writing import News, Why, write
from rapport.outbox import queueing
from rapport.people import installing
from rapport.people.models import Account
from rapport.people.rights import Right
from rapport.rows import reading

_EXCERPT = 2000
_messages = reading.Kept(lambda: Message.objects.select_related("conversation__assignee", "author").filter(pk=0))
_following = reading.Kept(
    lambda: Involvement.objects.select_related("account").filter(conversation_id=0).filter(reason="")
)


def about_customer_message(event: Event) -> None:
    """A customer wrote, or a stranger whose message is held: tell the assignee and who follows."""
    message = _message(event.subject_id)
    if message is None or event.historic or event.data.get("spam"):
        return
    conversation = locking.living(message.conversation)
    if conversation.status == Conversation.Status.SPAM:
        return
    who = message.sender_name or message.sender_email
    held = event.kind == "message.stranger"
    said = _("%(who)s, who does not take part, wrote in “%(subject)s”") if held else _("%(who)s wrote in “%(subject)s”")
    for account, why in _concerned(conversation):
        if account.may(Right.READ_MESSAGES):
            purpose = "notify" if account.may(Right.REPLY) and not held else ""
            news = News(said, why, who=who, excerpt=_excerpt(message), message=message, purpose=purpose)
            _tell(event, account, conversation, news)


def about_note(event: Event) -> None:
    """A note: tell the colleagues it mentions, and the assignee."""
    message = _message(event.subject_id)
    if message is None or event.historic:
        return
    conversation = locking.living(message.conversation)
    mentioned = Account.objects.filter(pk__in=event.data.get("mentions", []))
    who = message.sender_name or message.sender_email
    told = set()
    for account in mentioned:
        told.add(account.pk)
        said = _("%(who)s mentioned you in “%(subject)s”")
        news = News(said, Why.MENTIONED, who=who, excerpt=_excerpt(message), message=message, purpose="note")
        _tell(event, account, conversation, news)
    for account, why in _concerned(conversation):
        if account.pk not in told:
            said = _("%(who)s wrote a note in “%(subject)s”")
            news = News(said, why, who=who, excerpt=_excerpt(message), message=message, purpose="note")
            _tell(event, account, conversation, news)


def about_assignment(event: Event) -> None:
    """Somebody else made an account responsible: tell it."""
    account = Account.objects.filter(pk=event.data.get("to") or 0).first()
    conversation = Conversation.objects.filter(pk=event.conversation_id or 0).first()
    if account is None or conversation is None or event.historic or conversation.assignee_id != account.pk:
        return
    actor = Account.objects.filter(pk=event.actor_id or 0).first()
    said = _("%(who)s assigned “%(subject)s” to you") if actor else _("“%(subject)s” was assigned to you")
    _tell(event, account, conversation, News(said, Why.ASSIGNED, who=actor.name if actor else ""))


def about_returned_reply(event: Event) -> None:
    """A held reply came back because somebody wrote first: tell its author."""
    _trouble(event, event.subject_id, _("Your reply in “%(subject)s” was not sent, because somebody wrote first"))


def about_failed_delivery(event: Event) -> None:
    """A reply could not be delivered, or perhaps was not: tell its author."""
    said = _("Your reply in “%(subject)s” could not be delivered")
    if event.kind == "delivery.possibly_sent":
        said = _("It is not certain that your reply in “%(subject)s” was sent")
    _trouble(event, event.data.get("message"), said)


def about_bounce(event: Event) -> None:
    """A mail server reported a failure for good: tell the author of the reply that came back."""
    if event.data.get("permanent"):
        _trouble(event, event.data.get("message"), _("Your reply in “%(subject)s” did not reach everybody"))


def _trouble(event: Event, message_id: int | None, said: object) -> None:
    message = _message(message_id)
    if message is None or message.author is None or event.historic:
        return
    conversation = locking.living(message.conversation)
    news = News(said, Why.AUTHOR, excerpt=_excerpt(message), message=message)
    _tell(event, message.author, conversation, news, lane=Notice.Lane.TROUBLE)


def _concerned(conversation: Conversation) -> Iterable[tuple[Account, Why]]:
    """Who keeps an eye on a conversation, each once, and why."""
    if conversation.assignee is not None:
        yield conversation.assignee, Why.ASSIGNEE
    for involvement in _following.all(conversation.pk, Involvement.Reason.FOLLOWING):
        if involvement.account_id != conversation.assignee_id:
            yield involvement.account, Why.FOLLOWER


def _tell(
    event: Event, account: Account, conversation: Conversation, news: News, *, lane: Notice.Lane = Notice.Lane.NEWS
) -> None:
    wanted = account.is_active and account.mail_notifications and account.pk != event.actor_id
    if installing.is_held():
        return  # the original of this copy has told it, or will
    if not wanted or not access.conversations_visible_to(account).filter(pk=conversation.pk).exists():
        return
    if sparing.may_tell(account, conversation, event=event, lane=lane):
        queueing.queue_system_mail(write(news, account=account, conversation=conversation))


def _message(pk: int | None) -> Message | None:
    return _messages.first(pk or 0)


def _excerpt(message: Message) -> str:
    words = (message.reply_text or message.text).strip()
    return words if len(words) <= _EXCERPT else words[:_EXCERPT].rstrip() + ELLIPSIS
