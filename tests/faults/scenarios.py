"""The acts whose every step is broken in turn, and all that the database holds afterwards, to compare.

Each act runs in a process of its own, on an installation that is put back before it. `finish` is what the product does
next by itself: the worker begins again, retries come due. What a person did is repeated only if nothing came of it.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Model

from rapport.conversations import (
    assigning,
    closing,
    merging,
    noting,
    releasing,
    replying,
    snoozing,
    spamming,
    splitting,
    tagging,
)
from rapport.conversations.models import Conversation, Message
from rapport.conversations.tests.cast import CARLA, Cast, make_cast
from rapport.files import attaching, storing
from rapport.files.models import Attachment
from rapport.intake import processing
from rapport.intake.accepting import Arriving, Source, accept, accept_all
from rapport.intake.models import RawMessage
from rapport.intake.parsing_ahead import Line
from rapport.intake.tests.children import InlineChild
from rapport.kit import clock
from rapport.outbox import retrying, sending
from rapport.outbox.models import Delivery
from rapport.people.models import Account
from rapport.reactions import running
from rapport.reactions.models import ReactionRetry
from rapport.rows import turns

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
# Rows about trying, not about what came of it.
_BOOKKEEPING = {"attempts", "claimed_by", "claimed_until", "last_answer", "last_error", "next_try_at", "outcomes"}
_IGNORED = {"ReactionRetry", "ScheduledRun", "Session", "ContentType", "Permission", "Migration"}
MAIL = (
    b"From: Carla <carla@example.org>\r\nTo: hello@fleur.example\r\nSubject: Tulips\r\nMessage-ID: <new@example.org>\r\n"
    b"Date: Sun, 22 Nov 2026 11:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n%b\r\n"
    b"--b\r\nContent-Type: text/plain\r\n\r\nForty tulips, please.\r\n"
    b"--b\r\nContent-Type: image/png; name=tulip.png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--b--\r\n"
)


@dataclass(frozen=True)
class Scenario:
    """`states`: how many different contents of the database may be seen after a kill: one more than transactions."""

    set_up: Callable[[int], Any]
    act: Callable[[], Any]
    finish: Callable[..., Any]
    states: int = 2


@contextmanager
def quiet_world() -> Iterator[None]:
    """The clock stands, chance repeats itself, and mail is parsed in this process: starting a child for each of some
    hundred runs would cost a minute (R-01 kills real ones)."""
    random.seed(7)
    processing._own.line = Line(InlineChild())
    turns.LONGEST = 60.0
    with clock.standing_at(NOON):
        yield


def facts() -> dict[str, Any]:
    """What every table holds but for times and bookkeeping, and every stored file that is not what its name says."""
    found: dict[str, Any] = {}
    with connection.cursor() as cursor:
        for table, (columns, statement) in _TABLES.items():
            cursor.execute(statement)
            rows = [list(row) for row in cursor.fetchall()]
            found[table] = [columns, rows] if rows else []
        for table in ("search_words", "search_customer_words"):
            key = "rowid" if connection.vendor == "sqlite" else "id"
            cursor.execute(f"SELECT {key}, terms FROM {table} ORDER BY 1")
            words = [[pk, " ".join(sorted(str(terms).split()))] for pk, terms in cursor.fetchall()]
            found[table] = [["of", "terms"], words]
    found["damaged files"] = _damaged_files()
    return found


def _table(model: type[Model]) -> tuple[list[str], str]:
    """Its columns and a statement for all its rows, of moments only whether there is one."""
    columns: list[str] = []
    asked: list[str] = []
    for field in model._meta.concrete_fields:
        if field.column and field.column not in _BOOKKEEPING:
            columns.append(field.column)
            is_moment = field.get_internal_type() == "DateTimeField"
            asked.append(f'"{field.column}" IS NOT NULL' if is_moment else f'CAST("{field.column}" AS text)')
    return columns, f'SELECT {", ".join(asked)} FROM "{model._meta.db_table}" ORDER BY "{model._meta.pk.column}"'


_TABLES = {model._meta.db_table: _table(model) for model in apps.get_models() if model.__name__ not in _IGNORED}


def _damaged_files() -> list[str]:
    from django.conf import settings

    files = (settings.ENVIRONMENT.home / "files").rglob("*")
    whole = [path for path in files if path.is_file() and not path.name.startswith(".")]
    return [str(path) for path in whole if hashlib.sha256(path.read_bytes()).hexdigest() != path.name]


def _cast(port: int) -> Cast:
    cast = make_cast()
    server = {"host": "127.0.0.1", "port": port, "security": "none"}
    cast.inbox.settings = {"transport": "smtp", "smtp": server, "sent_folder": "Sent", "timeout_seconds": 5}
    cast.inbox.save()
    return cast


def _react() -> None:
    while running.run_due(50):
        pass


def _restart() -> None:
    """A new worker begins, and whatever waits for its next try is tried."""
    same_numbers()
    RawMessage.objects.update(claimed_until=None, next_try_at=NOON)
    from rapport.events.models import Event

    Event.objects.update(claimed_until=None)
    ReactionRetry.objects.filter(state="waiting").update(next_try_at=NOON)
    retrying.recover_interrupted(own=True)
    Delivery.objects.filter(next_try_at__isnull=False).update(next_try_at=NOON)


def same_numbers() -> None:
    """PostgreSQL never gives a number back; without gaps what is done again is comparable."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for model in apps.get_models():
            key, table = model._meta.pk, model._meta.db_table
            if key is not None and key.get_internal_type() in ("AutoField", "BigAutoField"):
                cursor.execute(
                    f"SELECT setval(pg_get_serial_sequence('{table}', '{key.column}'), "
                    f"(SELECT coalesce(max({key.column}), 0) + 1 FROM {table}), false)"
                )


# --- intake -----------------------------------------------------------------------------------------------------------


def _take_mail(headers: bytes = b"") -> Callable[..., None]:
    def act(**_: Any) -> None:
        inbox = Conversation.objects.order_by("pk")[0].inbox
        accept(MAIL % headers, inbox=inbox, source=Source("imap", "INBOX:1:1"))
        processing.take_over()
        while processing.process_due(20):
            pass

    return act


def _take_mails_together(**_: Any) -> None:
    """A question and its answer, handed over together: one commit for the two raw mails, one for what becomes of them."""
    inbox = Conversation.objects.order_by("pk")[0].inbox
    answer = MAIL.replace(b"<new@", b"<answer@") % b"In-Reply-To: <new@example.org>\r\n"
    mails = enumerate([MAIL % b"", answer.replace(b"Forty", b"Fifty")])
    accept_all([Arriving(raw, inbox, Source("imap", f"INBOX:1:{uid}")) for uid, raw in mails])
    processing.take_over()
    while processing.process_due(20):
        pass


def _finish_mail(act: Callable[..., None]) -> Callable[..., None]:
    def finish(**_: Any) -> None:
        _restart()
        act()

    return finish


def _shop(port: int) -> None:
    cast = _cast(port)
    conversation = cast.conversation()
    cast.replies(conversation)
    cast.conversation("And roses?", sender=CARLA)
    _react()
    Delivery.objects.all().delete()


# --- what people do ---------------------------------------------------------------------------------------------------


def _first() -> Conversation:
    return Conversation.objects.order_by("pk")[0]


def _second() -> Conversation:
    return Conversation.objects.order_by("pk")[1]


def _ana() -> Account:
    return Account.objects.get(email="ana@fleur.example")


def _desk(port: int) -> None:
    _shop(port)
    stored = storing.store_bytes(b"petals")
    attaching.upload(stored, filename="bouquet.jpg", mime="image/jpeg", uploader=_ana().pk)


def _reply() -> None:
    conversation = _first()
    ids = list(Attachment.objects.filter(message_id=None).values_list("pk", flat=True))
    seen = conversation.last_message_id
    content = replying.ReplyContent(html="<p>Yes.</p>", attachment_ids=ids, seen_message_id=seen)
    replying.reply(conversation, by=_ana(), content=content, delay=timedelta(0), then="closed")


def _note() -> None:
    noting.note(_first(), by=_ana(), html="<p>Ask Ben.</p>")


def _several(port: int) -> None:
    _shop(port)
    from rapport.channels.models import Inbox
    from rapport.conversations import receiving
    from rapport.conversations.arrival import Arrival
    from rapport.conversations.tests.cast import inbound

    arrival = Arrival(inbound=inbound("And lilies?", message_id="third@example.org"))
    receiving.receive(arrival, conversation=_first(), inbox=Inbox.objects.order_by("pk")[0], raw_sha256="")
    _react()
    Delivery.objects.all().delete()


def _split() -> None:
    splitting.split([Message.objects.filter(conversation=_first(), kind="customer").order_by("-pk")[0]], by=_ana())


def _again_if_nothing_came_of_it(act: Callable[[], None]) -> Callable[..., None]:
    def finish(*, before: dict[str, Any], **_: Any) -> None:
        if facts() == before:
            same_numbers()
            act()

    return finish


def _verb(act: Callable[[], Any], set_up: Callable[[int], Any] = _desk) -> Scenario:
    return Scenario(set_up, act, _again_if_nothing_came_of_it(act))


# --- what the worker does ---------------------------------------------------------------------------------------------


def _held(port: int) -> None:
    _desk(port)
    _reply()


def _finish_release(**_: Any) -> None:
    _restart()
    releasing.release_due()


def _released(port: int) -> None:
    _held(port)
    releasing.release_due()


def _finish_reactions(**_: Any) -> None:
    _restart()
    _react()


def _arrived(port: int) -> None:
    _shop(port)
    _take_mail()()


def _newsletter(port: int) -> None:
    _shop(port)
    _take_mail(b"Precedence: bulk\r\n")()


def _queued(port: int) -> None:
    _released(port)
    _react()
    # One step at a time: the copy for the Sent folder needs no mailbox here.
    Delivery.objects.filter(message__isnull=True).delete()


def _send() -> None:
    for lane in sending.lanes_due():
        if lane.kind == "replies" and (delivery := sending.claim(lane)):
            sending.send(delivery, lane)


def _finish_sending(**_: Any) -> None:
    _restart()
    _send()


_ANSWER = b"In-Reply-To: <mail-1@example.org>\r\n"
SCENARIOS: dict[str, Scenario] = {
    # stored, received
    "a new mail": Scenario(_shop, _take_mail(), _finish_mail(_take_mail()), states=3),
    "an answer": Scenario(_shop, _take_mail(_ANSWER), _finish_mail(_take_mail(_ANSWER)), states=3),
    "mails together": Scenario(_shop, _take_mails_together, _finish_mail(_take_mails_together), states=3),
    # one transaction for each reaction
    "what follows an arrival": Scenario(_arrived, _react, _finish_reactions, states=6),
    "what follows a newsletter": Scenario(_newsletter, _react, _finish_reactions, states=6),
    "a reply": _verb(_reply),
    "a release": Scenario(_held, releasing.release_due, _finish_release),
    "what follows a release": Scenario(_released, _react, _finish_reactions, states=3),
    # claimed, settled
    "a sending": Scenario(_queued, _send, _finish_sending, states=3),
    "a note": _verb(_note),
    "a merge": _verb(lambda: merging.merge(_second(), into=_first(), by=_ana())),
    "a split": _verb(_split, _several),
    "a closing": _verb(lambda: closing.close(_first(), by=_ana())),
    "an assignment": _verb(lambda: assigning.assign(_first(), to=_ana(), by=_ana())),
    "a tag": _verb(lambda: tagging.tag(_first(), name="wedding", by=_ana())),
    "spam": _verb(lambda: spamming.mark_spam(_first(), by=_ana())),
    "a snooze": _verb(lambda: snoozing.snooze(_first(), until=NOON + timedelta(days=1), by=_ana())),
}
