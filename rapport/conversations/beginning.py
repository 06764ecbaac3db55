"""An agent writes first: a conversation begins with our words instead of the customer's."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from rapport.channels.access import inboxes_visible_to
from rapport.channels.models import Inbox
from rapport.conversations import access, history, recipients, replying, tallying
from rapport.conversations.drafting import ReplyContent
from rapport.conversations.errors import NoInbox, NoRecipient, NoSubject
from rapport.conversations.models import Conversation, Draft, Message
from rapport.kit import clock, html, text
from rapport.people import recognising
from rapport.people.models import Account
from rapport.people.rights import Right
from rapport.search import indexing

_SUBJECT_CHARS = 500


def begin(
    *, inbox: Inbox, by: Account, content: ReplyContent, delay: timedelta | None = None, then: str = ""
) -> Message:
    """A new conversation of the inbox's team, its author responsible; its first reply is held like any other.

    The first address of `content.to` is the customer. Raises NoInbox (not one to write from), NoSubject, NoRecipient,
    and what `replying.reply` raises.
    """
    access.demand(by, Right.REPLY)
    if not inboxes_visible_to(by).filter(pk=inbox.pk, is_active=True).exists():
        raise NoInbox
    subject = text.clean_line(content.subject, _SUBJECT_CHARS)
    if not subject:
        raise NoSubject
    to = recipients.addresses(recipients.stored(content.to))
    if not to:
        raise NoRecipient
    with transaction.atomic():
        customer = recognising.recognise(to[0])
        now = clock.now()
        conversation = Conversation.objects.create(
            subject=subject,
            preview=html.to_text(html.sanitize(content.html))[: tallying.PREVIEW_CHARS],
            channel=inbox.kind,
            inbox=inbox,
            team_id=inbox.team_id,
            assignee=by,
            customer=customer,
            organisation_id=customer.organisation_id,
            created_at=now,
            last_message_at=now,
        )
        history.changed(conversation, "begun", by=by, inbox=inbox.pk)
        indexing.add_to_conversation(conversation.pk, f"#{conversation.pk} {subject}")
        recipients.accept(
            conversation, recipients.stored(content.to)
        )  # a second message before release has a reader too
        message = replying.reply(conversation, by=by, content=content, delay=delay, then=then)
        Message.objects.filter(pk=message.pk).update(subject=subject)  # an answer's prefix would be a lie
        message.subject = subject
        drop(by=by)
        return message


def kept(by: Account) -> Draft | None:
    """What the account has begun to write to somebody new."""
    return Draft.objects.filter(author=by, kind=Draft.Kind.NEW).first()


def keep(*, by: Account, inbox: Inbox | None, content: ReplyContent) -> Draft:
    """Keep it, in place of what was kept before."""
    draft, _made = Draft.objects.update_or_create(
        author=by,
        kind=Draft.Kind.NEW,
        defaults={
            "inbox": inbox,
            "subject": text.clean_line(content.subject, _SUBJECT_CHARS),
            "html": html.sanitize(content.html),
            "to": recipients.stored(content.to),
            "cc": recipients.stored(content.cc),
            "bcc": recipients.stored(content.bcc),
            "attachment_ids": content.attachment_ids,
            "updated_at": clock.now(),
        },
    )
    return draft


def drop(*, by: Account) -> None:
    """Forget what was kept; nothing happens when there is none."""
    Draft.objects.filter(author=by, kind=Draft.Kind.NEW).delete()
