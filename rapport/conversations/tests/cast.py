"""Blumen Fleur, the company every test knows, and short ways to let something happen there.

Flora owns the shop. Sam supervises and Ana answers in the team Shop; Ben answers for the Drivers. Kim drives and has no
inbox of her own. Eva left the company. Carla and Dan are customers. Other apps' tests use this by
`from rapport.conversations.tests.cast import cast` or `make_cast()`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

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
    shop, drivers = Team.objects.create(name="Shop"), Team.objects.create(name="Drivers")
    people: dict[str, Any] = {
        "flora": _account("Flora Fleur", "owner"),
        "sam": _account("Sam Silva", "supervisor", shop),
        "ana": _account("Ana Adler", "agent", shop),
        "ben": _account("Ben Berg", "agent", drivers),
        "kim": _account("Kim Kurz", "colleague", drivers),
        "eva": _account("Eva Engel", "agent", shop, is_active=False),
    }
    inboxes: dict[str, Any] = {
        "inbox": Inbox.objects.create(name="Shop", address="hello@fleur.example", team=shop),
        "drivers_inbox": Inbox.objects.create(name="Drivers", address="drivers@fleur.example", team=drivers),
        "spare_inbox": Inbox.objects.create(name="Spare", address="spare@fleur.example"),
    }
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


def _account(name: str, role: str, *teams: Team, is_active: bool = True) -> Account:
    email = f"{name.split(maxsplit=1)[0].lower()}@fleur.example"
    row = Role.objects.get(key=role)
    account = Account.objects.create_user(email, PASSWORD, name=name, role=row, is_active=is_active)
    for team in teams:
        Membership.objects.create(account=account, team=team)
    return account


def in_minutes(minutes: float) -> Any:
    """An aware moment from now."""
    return clock.now() + timedelta(minutes=minutes)
