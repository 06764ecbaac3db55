"""A message arrives: it opens a conversation or joins one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from rapport.channels.contract import Address, Attachment, Inbound, InboundKind
from rapport.channels.models import Inbox
from rapport.conversations import alongside, asking, history, locking, opening, recipients, referencing, tallying
from rapport.conversations.arrival import Arrival
from rapport.conversations.errors import NotHeld
from rapport.conversations.models import Conversation, Message, Participant, SharedTeam
from rapport.files import attaching
from rapport.kit import clock, text
from rapport.people import speaking
from rapport.people.models import Account, Customer
from rapport.people.recognising import recognise
from rapport.rows import making, writing
from rapport.search import indexing
from rapport.ui.lists import listed

_LINE = 500
Kind, State, Status = Message.Kind, Message.State, Conversation.Status
_KINDS = {
    InboundKind.NORMAL: Kind.CUSTOMER,
    InboundKind.BOUNCE: Kind.BOUNCE,
    InboundKind.FEEDBACK: Kind.BOUNCE,
    InboundKind.AUTO_REPLY: Kind.AUTO_REPLY,
}
_EVENTS = {
    Kind.CUSTOMER: "received",
    Kind.NOTICE: "unreadable",
    Kind.NOTE: "noted",
    Kind.AUTO_REPLY: "auto_reply",
    Kind.BOUNCE: "bounced",
}


@dataclass(slots=True)
class _Entry:
    """One arrival on its way through the steps below."""

    arrival: Arrival
    conversation: Conversation
    customer: Customer | None
    message: Message
    inbox: Inbox | None
    opens: bool


def receive(
    arrival: Arrival,
    *,
    conversation: Conversation | None,
    inbox: Inbox | None,
    raw_sha256: str,
    historic: bool = False,
) -> Message:
    """Store an arriving message in its conversation, or in a new one when `conversation` is None.

    A conversation that was merged receives by the one that stands for it. A customer's message opens what was closed,
    waiting or snoozed again; automatic replies and delivery reports do not. `historic`: no clock starts.
    """
    return _receive(arrival, _kind_of(arrival), conversation=conversation, inbox=inbox, stored=(raw_sha256, historic))


def receive_unreadable(*, inbox: Inbox | None, raw: Attachment, at: datetime | None = None, why: str = "") -> Message:
    """Make a message nobody could process visible: a conversation with a notice and the raw file attached.

    `why`: a sentence for people, where more is known than that it failed.
    """
    inbound = Inbound(
        subject=_("A message that could not be read"),
        text=_(
            "A message arrived that Rapport could not read. It is attached as it came, nothing is lost. "
            "Open it in a mail program, or ask your administrator to process it again."
        ),
        attachments=[raw],
        problems=[why or _("Reading it failed.")],
    )
    arrival = Arrival(inbound=inbound, sender_check="", at=at)
    return _receive(arrival, Kind.NOTICE, conversation=None, inbox=inbox, stored=(raw.sha256, False))


def attach_bounce(
    message: Message, *, inbound: Inbound, raw_sha256: str = "", at: datetime | None = None, historic: bool = False
) -> Message:
    """Put a delivery report beside our message that came back, and mark the conversation.

    The event `message.bounced` carries our message, the refused recipients and whether that is final.
    """
    arrival = Arrival(inbound=inbound, sender_check="", answers_id=message.pk, at=at)
    kind = Kind.AUTO_REPLY if inbound.kind == InboundKind.AUTO_REPLY else Kind.BOUNCE
    return _receive(arrival, kind, conversation=message.conversation, inbox=None, stored=(raw_sha256, historic))


def also_received(message: Message, *, inbox: Inbox, at: datetime) -> None:
    """The same mail came a second time, by another way: say so, and let that inbox's team see the conversation too."""
    with transaction.atomic():
        message.refresh_from_db(from_queryset=Message.objects.select_for_update())
        message.also_received_at = [*message.also_received_at, {"inbox": inbox.pk, "at": clock.utc_iso(at)}]
        message.save(update_fields=["also_received_at"])
        conversation = locking.living(message.conversation)
        if inbox.team_id is not None and inbox.team_id != conversation.team_id:
            SharedTeam.objects.get_or_create(conversation=conversation, team_id=inbox.team_id)
        history.happened(message, "also_received", by=None, inbox=inbox.pk)


def admit_stranger(message: Message, *, by: Account) -> Message:
    """An agent lets a held message of a stranger in: it counts, and its sender takes part from now on.

    Not the sender of a note, who answered in the place of a colleague: nobody's mail ever reaches them by that.
    Raises NotHeld.
    """
    with transaction.atomic():
        conversation = locking.lock_living(message.conversation)
        if not Message.objects.filter(pk=message.pk, state=State.STRANGER).update(state=State.DONE):
            raise NotHeld
        message.refresh_from_db()
        if message.kind == Kind.NOTE:
            asking.answered(message)
        else:
            recipients.accept(conversation, [{"email": message.sender_email, "name": message.sender_name}])
        tallying.recount(conversation)
        history.happened(message, "admitted", by=by)
        return message


def _receive(
    arrival: Arrival,
    kind: Message.Kind,
    *,
    conversation: Conversation | None,
    inbox: Inbox | None,
    stored: tuple[str, bool],
) -> Message:
    """`stored`: sha256 of the raw bytes, and whether this is history."""
    raw_sha256, historic = stored
    opens = conversation is None
    with transaction.atomic(savepoint=False):
        customer = _customer(arrival, kind, conversation)
        at = _moment(arrival, historic=historic)
        if conversation is None:
            conversation = opening.open_for(arrival, inbox=inbox, customer=customer, at=at, historic=historic)
        else:
            conversation = locking.lock_living(conversation)
        message = _message(arrival, kind, at=at)
        message.conversation, message.customer = conversation, customer
        message.raw_sha256, message.historic = raw_sha256, historic
        writing.insert(message)
        entry = _Entry(arrival, conversation, customer, message, inbox, opens)
        _settle_in(entry)
    return message


def _kind_of(arrival: Arrival) -> Message.Kind:
    return Kind.NOTE if arrival.as_note else _KINDS[arrival.inbound.kind]


def _customer(arrival: Arrival, kind: Message.Kind, into: Conversation | None) -> Customer | None:
    """Who wrote. A mail server that reports a failure is no customer, nor is a colleague, nor who is asked aside."""
    sender = arrival.inbound.sender
    if kind not in (Kind.CUSTOMER, Kind.AUTO_REPLY) or (into is not None and into.is_aside):
        return None
    return arrival.customer or (recognise(sender) if sender and sender.email else None)


def _moment(arrival: Arrival, *, historic: bool) -> datetime:
    now = clock.now()
    if arrival.at is not None:
        return arrival.at
    written = arrival.inbound.date
    return min(written, now) if historic and written else now


def _message(arrival: Arrival, kind: Message.Kind, *, at: datetime) -> Message:
    """The row, unsaved and without its conversation."""
    inbound, sender = arrival.inbound, arrival.inbound.sender or Address("")
    return making.new(
        Message,
        kind=kind,
        state=State.STRANGER if arrival.stranger else State.DONE,
        sender_name=text.clean_line(sender.name, 160),
        sender_email=text.clean_line(sender.email, 254),
        to=recipients.stored(inbound.to),
        cc=recipients.stored(inbound.cc),
        subject=text.clean_line(inbound.subject, _LINE),
        text=text.storable(inbound.text),
        html=text.storable(inbound.html),
        reply_text=text.storable(inbound.reply_text),
        quoted_text=text.storable(inbound.quoted_text),
        signature=text.storable(inbound.signature),
        forwarded=text.storable(inbound.forwarded),
        external_id=text.clean_line(inbound.message_id, _LINE),
        in_reply_to_message_id=arrival.answers_id,
        sender_check=arrival.sender_check,
        reference_check=arrival.reference_check,
        problems=[text.clean_line(problem, 200) for problem in inbound.problems[:50]],
        attachment_count=len(inbound.attachments),
        at=at,
        sent_at=inbound.date,
    )


def _settle_in(entry: _Entry) -> None:
    """Everything that follows from a stored message: files, events, columns, people, reference, search words."""
    message, conversation, inbound = entry.message, entry.conversation, entry.arrival.inbound
    for attachment in inbound.attachments:
        attaching.attach(attachment, conversation_id=conversation.pk, message_id=message.pk)
    _record(entry)
    _wake(message, conversation)
    _mark_bounce(message, conversation, inbound)
    tallying.count_in(message, conversation)
    _enter_people(entry)
    referencing.remember(message)
    if message.kind == Kind.NOTE and message.state == State.DONE and inbound.kind is InboundKind.NORMAL:
        asking.answered(message)
    if conversation.is_aside:
        alongside.heard(message, conversation)
        return  # its words lead to the main conversation
    names = [attachment.filename for attachment in inbound.attachments]
    words = [message.sender_name, message.sender_email, message.text, *names]
    if entry.opens:
        indexing.replace_conversation(conversation.pk, conversation.subject, f"#{conversation.pk}", *words)
    else:
        indexing.add_to_conversation(conversation.pk, message.subject, *words)


def _record(entry: _Entry) -> None:
    message, inbound = entry.message, entry.arrival.inbound
    if message.state == State.STRANGER:
        history.happened(message, "stranger", by=None)
    elif message.kind == Kind.BOUNCE:
        history.happened(
            message,
            "bounced",
            by=None,
            message=message.in_reply_to_message_id,
            recipients=[report.recipient for report in inbound.bounce if report.recipient],
            permanent=any(report.permanent for report in inbound.bounce),
        )
    elif message.kind == Kind.NOTE:
        history.happened(message, "noted", by=None, unverified=message.sender_check != Message.Sender.AUTHENTICATED)
    else:
        facts = {"opened": entry.opens, "spam": entry.arrival.spam, "automatic": inbound.auto_submitted}
        kind = _EVENTS[Kind(message.kind)] + ("_aside" if entry.conversation.is_aside else "")
        history.happened(message, kind, by=None, bulk=inbound.bulk, **facts)


def _wake(message: Message, conversation: Conversation) -> None:
    """A person wrote: what was closed, waiting or snoozed is open again. Spam stays spam. Saved by the counting."""
    if message.kind != Kind.CUSTOMER or message.historic or conversation.status not in alongside.WOKEN_AS:
        return
    before = Status(conversation.status)
    conversation.status, conversation.own_status_id = Status.OPEN, None
    conversation.closed_at = conversation.snoozed_until = None
    history.changed(conversation, alongside.WOKEN_AS[before], by=None, before=before, message=message.pk)


def _mark_bounce(message: Message, conversation: Conversation, inbound: Inbound) -> None:
    failed = [report.recipient for report in inbound.bounce if report.permanent and report.recipient]
    if message.kind == Kind.BOUNCE and message.in_reply_to_message_id and failed and not message.historic:
        with translation.override(speaking.company()):  # kept for whoever looks
            conversation.attention = text.clean_line(_("Could not be delivered to %s") % listed(failed), 200)


def _enter_people(entry: _Entry) -> None:
    """The sender of a first message asks for something; people it was copied to are suggested, never readers."""
    message, conversation, inbound = entry.message, entry.conversation, entry.arrival.inbound
    if message.kind != Kind.CUSTOMER or message.state == State.STRANGER:
        return
    own = [message.sender_email]
    if entry.inbox:
        own += [entry.inbox.address, *entry.inbox.aliases]
    people = recipients.suggest(conversation, [*inbound.reply_to, *inbound.to, *inbound.cc], own=own)
    same_person = entry.customer is not None and entry.customer.pk == conversation.customer_id
    if message.sender_email and (entry.opens or same_person):
        role = Participant.Role.REQUESTER
        sender = recipients.stored([Address(message.sender_email, message.sender_name)])[0]
        customer_id = entry.customer.pk if entry.customer else None
        people.insert(
            0, making.new(Participant, conversation_id=conversation.pk, customer_id=customer_id, role=role, **sender)
        )
    for person in people:
        writing.insert_if_new(person)
