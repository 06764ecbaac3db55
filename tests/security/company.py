"""A company with one conversation full of canaries, and everybody who may or may not see it, each at a browser.

The conversation belongs to the team Shop. Its words are found nowhere else, so that any page that shows one of them to
somebody who may not see it is caught.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any

from django.db import transaction
from django.test import Client

from rapport.channels.contract import Address
from rapport.conversations import (
    authoring,
    filling,
    linking,
    noting,
    releasing,
    saving_views,
    shaping,
    siding,
    sorting,
    tagging,
    ticking,
    timing,
)
from rapport.conversations.drafting import ReplyContent
from rapport.conversations.filtering import Filter
from rapport.conversations.models import (
    Batch,
    ChecklistTemplate,
    Conversation,
    CustomField,
    Draft,
    Link,
    Macro,
    Message,
    OwnStatus,
    Tag,
    TimeEntry,
    View,
)
from rapport.conversations.tests.cast import PASSWORD, Cast, attachment, fresh, make_cast
from rapport.events.models import Event
from rapport.files import attaching, storing
from rapport.files.access import signed_path
from rapport.files.models import Attachment
from rapport.intake.models import RawMessage
from rapport.kit import clock
from rapport.notifications import subscribing
from rapport.notifications.models import Device
from rapport.notifications.subscribing import Subscription
from rapport.notifications.tests.reached import session_of
from rapport.outbox.models import Delivery
from rapport.people import (
    addressing,
    attributing,
    blocking,
    carding,
    changing,
    granting,
    installing,
    inviting,
    joining,
    remarking,
)
from rapport.people.models import (
    Account,
    Attribute,
    BlockedSender,
    Card,
    CustomerAddress,
    CustomerNote,
    CustomerPhone,
    ImportRun,
    Invitation,
    Membership,
    Role,
)
from rapport.reactions.models import ReactionRetry

BACKEND = "rapport.desk.staying.Accounts"
SUBJECT, WORDS, FILE, NOTE, TAG = "Quaggasubject", "Quaggawords", "quaggafile.pdf", "Quagganote", "quaggatag"
ORDER = "Quaggaorder"
LETTERED = ("anonymous", "owner", "supervisor", "agent", "guest", "outsider", "asked", "colleague", "left", "ended")
ROLES = (*LETTERED, "administrator")
# The public key of the example in RFC 8291, as a browser would give one.
POINT = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
SUPPLIER = Address("sven@supplier.example", "Sven")
UNKNOWN = 10**9
QUIET = timedelta(hours=1)


@dataclass
class Shape:
    """What the company added: a field filled in, a status, a checklist on the conversation, tags, minutes noted."""

    field: CustomField
    status: OwnStatus
    checklist: ChecklistTemplate
    tag: Tag
    merged_tag: Tag
    spent: TimeEntry


@dataclass
class Company:
    """Everything a route can name. `clients` holds a browser for each of ROLES."""

    cast: Cast
    conversation: Conversation
    other: Conversation
    foreign: Conversation
    side: Conversation
    incident: Conversation
    link: Link
    merged: Conversation
    mail: Message
    note: Message
    held: Message
    stranger: Message
    attachment: Attachment
    upload: Attachment
    delivery: Delivery
    reaction: ReactionRetry
    raw: RawMessage
    macro: Macro
    batch: Batch
    role: Role
    archived_role: Role
    view: View
    draft: Draft
    letters: dict[str, int]
    invitation: Invitation
    shape: Shape
    token: str
    address: CustomerAddress
    phone: CustomerPhone
    remark: CustomerNote
    attribute: Attribute
    blocked: BlockedSender
    card: Card
    imported: ImportRun
    going: ImportRun
    device: Device
    accounts: dict[str, Account]
    clients: dict[str, Client] = field(default_factory=dict)

    def ask(self, role: str, method: str, path: str, data: Any = None, **options: Any) -> Any:
        """One request by this role, the whole answer read; whatever it changed is undone."""
        client, before = self.clients[role], dict(self.clients[role].cookies)
        send = getattr(client, method.lower())
        with transaction.atomic():
            response = send(path, data, **options) if method in ("GET", "HEAD", "POST") else send(path, **options)
            response.whole = b"".join(response.streaming_content) if response.streaming else response.content
            transaction.set_rollback(True)
        # An answer puts cookies in the place of others and changes none.
        client.cookies = SimpleCookie()
        dict.update(client.cookies, before)
        return response

    def file_path(self, role: str, pk: int = 0) -> str:
        """The signed address of the attachment (or of another id), as a page made for this role would hold it."""
        account = self.accounts.get(role)
        file = Attachment(pk=pk or self.attachment.pk, filename=FILE)
        return signed_path(file, viewer=account.pk if account else 0)


def found_company() -> Company:
    """Make all of it. Whoever leaves or is ended does so after having signed in."""
    cast = make_cast()
    accounts = _accounts(cast)
    conversation, mail, note = _conversation(cast, accounts)
    raw = storing.store_bytes(f"From: carla@example.org\r\n\r\n{WORDS}\r\n".encode())
    Message.objects.filter(pk=mail.pk).update(raw_sha256=raw.sha256)
    merged = cast.conversation("Vases", subject="Vases")
    target = cast.conversation("Pots", subject="Pots")
    Conversation.objects.filter(pk=merged.pk).update(merged_into=target)
    held = cast.holds(cast.conversation("Roses", subject="Roses"), by=accounts["agent"], delay=QUIET)
    stranger = cast.writes("Let me in", sender=Address("eve@example.com"), into=conversation, stranger=True)
    incident = cast.conversation("Late too", subject="Late too")
    link = linking.link(fresh(conversation), to=incident, role="incident", by=cast.flora)
    side = _side(cast, conversation)
    invitation, token = inviting.invite("new@fleur.example", role="agent", by=cast.flora)
    company = Company(
        cast=cast,
        conversation=fresh(conversation),
        other=cast.conversation("Lilies", subject="Lilies"),
        foreign=cast.conversation("Vans", subject="Vans", inbox=cast.drivers_inbox),
        side=side,
        incident=incident,
        link=link,
        merged=fresh(merged),
        mail=mail,
        note=note,
        held=held,
        stranger=stranger,
        attachment=Attachment.objects.get(message_id=mail.pk),
        upload=attaching.upload(
            storing.store_bytes(b"draft"), filename=FILE, mime="text/plain", uploader=accounts["agent"].pk
        ),
        delivery=_delivery(cast, mail),
        reaction=_dead_reaction(),
        raw=RawMessage.objects.create(sha256=raw.sha256, size=1, source="door", state=RawMessage.State.PARKED),
        macro=authoring.create(authoring.Prepared("Thanks", acts=[{"act": "tag", "value": "thanked"}]), by=cast.flora),
        batch=_batch(cast),
        role=granting.create("Temp", rights=[], by=cast.flora),
        archived_role=granting.archive(granting.create("Old", rights=[], by=cast.flora), by=cast.flora),
        view=saving_views.create(saving_views.Prepared("Shop’s", Filter()), by=cast.sam, team=cast.shop),
        draft=Draft.objects.create(conversation=conversation, author=accounts["left"], html=f"<p>{WORDS}</p>"),
        letters=_letters(conversation, side, accounts["left"]),
        invitation=invitation,
        shape=_shape(cast, fresh(conversation)),
        token=token,
        address=cast.carla.addresses.get(),
        phone=addressing.add_phone(cast.carla, number="+442079460018", by=None),
        attribute=_second_attribute(),
        blocked=blocking.block("spam@elsewhere.example", reason="", by=None),
        card=carding.create(carding.Described("Shop", "http://127.0.0.1:9/card"), by=None)[0],
        imported=_import(cast),
        going=_import(cast, state="waiting"),
        device=_device(cast.flora),
        remark=remarking.remark(cast.carla, words="Likes tulips", by=accounts["agent"]),
        accounts=accounts,
    )
    company.clients = {"anonymous": Client(), **{role: signed_in(account) for role, account in accounts.items()}}
    joining.remove_from_team(accounts["left"], team=cast.shop, by=cast.flora)
    company.clients["left"] = signed_in(Account.objects.get(pk=accounts["left"].pk))
    changing.end(accounts["ended"], by=cast.flora)
    return company


def _import(cast: Cast, state: str = "draft") -> ImportRun:
    """A file of one customer."""
    stored = storing.store_bytes(b"email,name\nnina@new.example,Nina\n")
    return ImportRun.objects.create(
        kind="customers", filename="people.csv", sha256=stored.sha256, mapping=["email", ""], state=state, by=cast.flora
    )


def _batch(cast: Cast) -> Batch:
    """What Ana wrote to several at once, with the words of everybody's macro; and a macro of Sam's own."""
    authoring.create(authoring.Prepared("Sam’s", "<p>Soon.</p>"), by=cast.sam, owner=cast.sam)
    macro = authoring.create(authoring.Prepared("Late", "<p>We are late.</p>"), by=cast.flora)
    return Batch.objects.create(key="abcdefgh", by=cast.ana, macro=macro, name=macro.name)


def _device(account: Account) -> Device:
    """A browser in which somebody is told."""
    session = session_of(account)
    subscription = Subscription("https://push.example/of-a-device", POINT, "A" * 22)
    return subscribing.subscribe(account, subscription=subscription, name="Firefox, Linux", session=session)


def _second_attribute() -> Attribute:
    """The later one of two, so that it can move up."""
    attributing.define(attributing.Described("Customer since", "date"), by=None)
    return attributing.define(attributing.Described("Contract"), by=None)


def _accounts(cast: Cast) -> dict[str, Account]:
    guest = _hire("Gus Guest", "agent", cast.drivers)
    colleague = _hire("Kai Klein", "colleague")
    left = _hire("Lea Lang", "agent", cast.shop)
    ended = _hire("Ed Ende", "agent", cast.shop)
    known = {"owner": cast.flora, "supervisor": cast.sam, "agent": cast.ana, "outsider": cast.ben, "asked": cast.kim}
    administrator = _hire("Adi Amt", "administrator")
    return {
        **known,
        "administrator": administrator,
        "guest": guest,
        "colleague": colleague,
        "left": left,
        "ended": ended,
    }


def _hire(name: str, role: str, *teams: Any) -> Account:
    email = f"{name.split(maxsplit=1)[0].lower()}@fleur.example"
    account = Account.objects.create_user(email, PASSWORD, name=name, role=Role.objects.get(key=role))
    for team in teams:
        Membership.objects.create(account=account, team=team)
    return account


def _conversation(cast: Cast, accounts: dict[str, Account]) -> tuple[Conversation, Message, Message]:
    mail = cast.writes(
        WORDS, subject=SUBJECT, html=f"<p>{WORDS}</p>", attachments=[attachment(FILE)], cc=[Address("cc@example.org")]
    )
    tagging.tag(mail.conversation, name=TAG, by=cast.ana)
    mentions = [accounts["asked"], accounts["guest"]]
    note = noting.note(fresh(mail.conversation), by=cast.ana, html=f"<p>{NOTE}</p>", mentions=mentions)
    return fresh(mail.conversation), mail, note


def _side(cast: Cast, main: Conversation) -> Conversation:
    """Ana asked a supplier, whose answer holds a word that only who sees the conversation may read."""
    content = ReplyContent(html="<p>Have you any?</p>", to=[SUPPLIER], subject="Bulbs")
    message = siding.begin(fresh(main), by=cast.ana, content=content, delay=timedelta(0))
    releasing.release(message)
    cast.writes(WORDS, sender=SUPPLIER, into=fresh(message.conversation))
    return fresh(message.conversation)


def _letters(main: Conversation, side: Conversation, author: Account) -> dict[str, int]:
    """What somebody has begun to write beside it, by kind."""
    places = {"side": main, "ask": main, "reply": side}
    return {
        kind: Draft.objects.create(conversation=place, author=author, kind=kind, html=f"<p>{WORDS}</p>").pk
        for kind, place in places.items()
    }


def _shape(cast: Cast, conversation: Conversation) -> Shape:
    by = cast.flora
    field = shaping.define(shaping.Described("Order number"), by=by)
    shaping.define(shaping.Described("Delivery date", kind="date"), by=by)
    status = shaping.create_status("At the supplier", kind="waiting", by=by)
    shaping.create_status("On hold", kind="open", by=by)
    checklist = shaping.create_checklist("Wedding order", items=["Ask for the date"], by=by)
    filling.fill(conversation, field, written=[ORDER], by=cast.ana)
    ticking.add(conversation, checklist, by=cast.ana)
    installing.set_time_spent(is_noted=True, by=by)
    spent = timing.note(conversation, minutes=3, by=cast.ana)
    vans = cast.conversation("Vans", subject="Vans")
    vases, glasses, jugs = (tagging.tag(vans, name=name, by=by) for name in ("vase", "glasses", "jugs"))
    sorting.merge(jugs, into=glasses, by=by)
    return Shape(field, status, checklist, vases, Tag.objects.get(pk=jugs.pk), spent)


def _delivery(cast: Cast, message: Message) -> Delivery:
    return Delivery.objects.create(
        message=message,
        inbox=cast.inbox,
        conversation_id=message.conversation_id,
        external_id="x@fleur.example",
        recipients=["carla@example.org"],
        state=Delivery.State.FAILED,
        last_answer="550 no such user",
        created_at=clock.now(),
    )


def _dead_reaction() -> ReactionRetry:
    event = Event.objects.order_by("pk").last()
    assert event is not None
    return ReactionRetry.objects.create(event=event, reaction="search", state=ReactionRetry.State.DEAD)


def signed_in(account: Account) -> Client:
    """A new browser in which this account has signed in."""
    client = Client()
    client.force_login(account, backend=BACKEND)
    return client
