"""Fills an empty installation for the tests of backups; runs inside the product's own environment."""

from __future__ import annotations

from datetime import timedelta

# Secrets as people type them; none of them may ever be found in an archive.
CANARIES = ("canary-imap-4711", "canary-smtp-4711", "canary-client-4711", "canary-refresh-4711", "twelve red roses")


def furnish(smtp_port: int, mails: int = 12) -> None:
    """Blumen Fleur with processed mail and files, a queued reply, one sent later, and a canary in every secret."""
    from bench.corpus import generate
    from rapport.channels.secrets import write_secrets
    from rapport.conversations.tests.cast import make_cast
    from rapport.intake import processing
    from rapport.intake.accepting import Source, accept
    from rapport.outbox import queueing

    cast = make_cast()
    server = {"host": "127.0.0.1", "port": smtp_port, "security": "none"}
    cast.inbox.settings = {"transport": "smtp", "smtp": server, "imap": {"host": "127.0.0.1", "port": 1, "user": "x"}}
    cast.inbox.save()
    imap, smtp, client, refresh, _ = CANARIES
    oauth = {"client_secret": client, "refresh_token": refresh}
    write_secrets(cast.inbox, {"imap_password": imap, "smtp_password": smtp, "oauth": oauth})
    for mail in generate(mails, seed=7):
        accept(mail.raw, inbox=cast.inbox, source=Source("door"))
    while processing.process_due(50):
        pass
    queueing.queue_message(cast.replies(cast.conversation(), "Your tulips are on their way."))
    cast.holds(cast.conversation("And my roses?"), "Tomorrow.", delay=timedelta(seconds=1))


def write_back(words: str) -> None:
    """Ana answers Dan in this installation; the running worker takes the reply to the outbox."""
    from rapport.conversations import replying
    from rapport.conversations.models import Conversation
    from rapport.people.models import Account

    conversation = Conversation.objects.order_by("pk").first()
    ana = Account.objects.get(email="ana@fleur.example")
    assert conversation is not None
    content = replying.ReplyContent(html=f"<p>{words}</p>", seen_message_id=conversation.last_message_id)
    replying.reply(conversation, by=ana, content=content, delay=timedelta(0), then="")
