"""Blumen Fleur, the company every test knows, and short ways to let something happen there.

Flora owns the shop. Sam supervises and Ana answers in the team Shop; Ben answers for the Drivers. Kim drives and has no
inbox of her own. Eva left the company. Carla and Dan are customers. Other apps' tests use this by
`from rapport.conversations.tests.cast import cast` or `make_cast()`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password

from rapport.channels.contract import Address, Attachment, Inbound
from rapport.channels.models import Inbox
from rapport.conversations import receiving, releasing, replying
from rapport.conversations.arrival import Arrival
from rapport.conversations.models import Conversation, Message
from rapport.events.models import Event
from rapport.kit import clock
from rapport.people import installing, recognising, roles
from rapport.people.models import Account, Customer, Membership, Role, Team

CARLA = Address("carla@example.org", "Carla Conti")
DAN = Address("dan@example.net", "Dan Dorn")
PASSWORD = "twelve red roses"
GONE = {"eva"}


@dataclass
class Cast:
    """Everybody by name. `inbox` belongs to the shop, `drivers_inbox` to the drivers, `spare_inbox` to no team."""

    flora: Account
    sam: Account
    ana: Account
    ben: Account
    kim: Account
    eva: Account
    carla: Customer
    dan: Customer
    shop: Team
    drivers: Team
    inbox: Inbox
    drivers_inbox: Inbox
    spare_inbox: Inbox
    _mails: int = field(default=0)

    def writes(self, words: str = "Where are my tulips?", **options: Any) -> Message:
        """A customer's mail arrives. Options: sender, subject, into (a conversation), inbox, and fields of Inbound."""
        self._mails += 1
        options.setdefault("message_id", f"mail-{self._mails}@example.org")
        into, inbox = options.pop("into", None), options.pop("inbox", self.inbox)
        historic = options.pop("historic", False)
        facts = {name: options.pop(name) for name in list(options) if name in Arrival.__dataclass_fields__}
        arrival = Arrival(inbound=inbound(words, **options), **facts)
        return receiving.receive(arrival, conversation=into, inbox=inbox, raw_sha256="", historic=historic)

    def conversation(self, words: str = "Where are my tulips?", **options: Any) -> Conversation:
        """A new conversation, begun by a customer's mail."""
        return fresh(self.writes(words, **options).conversation)

    def holds(self, conversation: Conversation, words: str = "On their way.", **options: Any) -> Message:
        """Ana (or `by`) presses send, having read everything; the reply is held for `delay` (none by default)."""
        by = options.pop("by", self.ana)
        delay, then = options.pop("delay", timedelta(0)), options.pop("then", "")
        options.setdefault("seen_message_id", fresh(conversation).last_message_id)
        content = replying.ReplyContent(html=f"<p>{words}</p>", **options)
        return replying.reply(fresh(conversation), by=by, content=content, delay=delay, then=then)

    def replies(self, conversation: Conversation, words: str = "On their way.", **options: Any) -> Message:
        """A reply that has gone out."""
        message = self.holds(conversation, words, **options)
        assert releasing.release(message)
        return message


def inbound(words: str, *, sender: Address | None = CARLA, subject: str = "Tulips", **fields: Any) -> Inbound:
    """A mail as the adapter hands it over."""
    fields.setdefault("reply_text", words)
    return Inbound(sender=sender, subject=subject, text=words, **fields)


def attachment(name: str = "bouquet.jpg", content: bytes = b"petals") -> Attachment:
    """A small file a customer sends along."""
    import hashlib

    return Attachment(name, "image/jpeg", len(content), hashlib.sha256(content).hexdigest(), content)


def make_cast() -> Cast:
    """Hire everybody, connect the inboxes, and let both customers be known."""
    roles.ensure_roles()
    installing.current()
    shop, drivers = Team.objects.bulk_create([Team(name="Shop"), Team(name="Drivers")])
    people: dict[str, Any] = _hire(
        {
            "flora": ("Flora Fleur", "owner"),
            "sam": ("Sam Silva", "supervisor", shop),
            "ana": ("Ana Adler", "agent", shop),
            "ben": ("Ben Berg", "agent", drivers),
            "kim": ("Kim Kurz", "colleague", drivers),
            "eva": ("Eva Engel", "agent", shop),
        }
    )
    inbox, drivers_inbox, spare_inbox = Inbox.objects.bulk_create(
        [
            Inbox(name="Shop", address="hello@fleur.example", team=shop),
            Inbox(name="Drivers", address="drivers@fleur.example", team=drivers),
            Inbox(name="Spare", address="spare@fleur.example"),
        ]
    )
    inboxes: dict[str, Any] = {"inbox": inbox, "drivers_inbox": drivers_inbox, "spare_inbox": spare_inbox}
    customers: dict[str, Any] = {"carla": recognising.recognise(CARLA), "dan": recognising.recognise(DAN)}
    return Cast(shop=shop, drivers=drivers, **people, **inboxes, **customers)


@pytest.fixture
def cast(db: None) -> Cast:
    """Everybody, in a test that rolls back."""
    return make_cast()


def fresh(conversation: Conversation) -> Conversation:
    """The conversation as it is in the database now."""
    return Conversation.objects.get(pk=conversation.pk)


def again(account: Account) -> Account:
    """The account as a later request reads it, without remembered rights and teams."""
    return Account.objects.get(pk=account.pk)


def kinds(conversation: Conversation) -> list[str]:
    """Kinds of the events of a conversation, in order."""
    return list(Event.objects.filter(conversation_id=conversation.pk).order_by("pk").values_list("kind", flat=True))


@cache
def _hashed() -> str:
    return make_password(PASSWORD)


def _hire(people: dict[str, tuple[Any, ...]]) -> dict[str, Account]:
    """Accounts by (name, role, team …): the statements of thousands of tests, so they are few."""
    known = {row.key: row for row in Role.objects.all()}
    hired = Account.objects.bulk_create(
        [
            Account(
                email=f"{short}@fleur.example",
                password=_hashed(),
                name=name,
                role=known[role],
                is_active=short not in GONE,
            )
            for short, (name, role, *_) in people.items()
        ]
    )
    teams = [team for _, _, *team in people.values()]
    Membership.objects.bulk_create(
        [Membership(account=account, team=team) for account, held in zip(hired, teams, strict=True) for team in held]
    )
    return dict(zip(people, hired, strict=True))


def in_minutes(minutes: float) -> Any:
    """An aware moment from now."""
    return clock.now() + timedelta(minutes=minutes)
