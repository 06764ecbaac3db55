"""Which conversation an arrival belongs to: two facts, the reference and the sender, looked at one by one.

A reference that we signed leads to its conversation whoever sent it, but a sender who does not take part is held
inside. A reference that others made counts only for somebody who takes part. The number in a subject counts only for
the customer whose conversation it is, and so does "Re:" with the subject of what we wrote to that customer, where the
mail names nothing that it answers. An answer that came first waits for what it answers. Nothing else joins a message
to a conversation, so strangers are never merged.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import timedelta

from django.conf import settings

from rapport.channels.contract import Adapter, Inbound, SignedReference
from rapport.conversations import alongside
from rapport.conversations.locking import living
from rapport.conversations.models import Conversation, Message, Participant, Question
from rapport.conversations.referencing import each_named
from rapport.intake import overtaking
from rapport.kit import clock
from rapport.language.subjects import bare_subject
from rapport.language.verification import is_verification
from rapport.people.listing import customer_family
from rapport.people.models import Account, Customer
from rapport.people.recognising import address_key

_NUMBER = re.compile(r"\[?#(\d{1,12})\]?(?!\w)")
_MAX_REFERENCES = 50
_ANSWERED_OF_LATE = timedelta(days=30)
_MOST_ANSWERED = 20
_STAFF_PURPOSES = {"notify", "note"}
_QUESTION = "ask"


@dataclass(frozen=True, slots=True)
class Match:
    """Where an arrival belongs.

    `conversation` None: it opens a new one. `stranger`: it joins, visible inside only, until an agent admits it.
    `account`: the colleague a valid account-bound reference speaks for, with `purpose` saying what answers become.
    `question`: what somebody was asked by mail; the arrival becomes a note, held where `stranger` says so.
    `own`: the mail is one of ours that came back. `early`: answers to this mail that came before it.
    """

    conversation: Conversation | None = None
    answers: Message | None = None
    stranger: bool = False
    reference_check: str = Message.ReferenceCheck.NONE
    account: Account | None = None
    purpose: str = ""
    question: Question | None = None
    own: Message | None = None
    early: list[Message] = field(default_factory=list)

    @property
    def is_inside(self) -> bool:
        """Whether colleagues alone are to read it."""
        return self.account is not None or self.question is not None


def match(inbound: Inbound, *, customer: Customer | None, adapter: Adapter) -> Match:
    """Find the conversation of an arrival. `customer` is whom the sender's address stands for, if it is known."""
    found = _with_early_answers(_by_what_it_names(inbound, customer, adapter), inbound, customer)
    if found.conversation is not None and found.own is None and found.account is None and _proves_an_address(inbound):
        return replace(found, stranger=True)
    return found


def _proves_an_address(inbound: Inbound) -> bool:
    """Codes and confirmations are held whoever seems to take part: else our address proves who reads along here."""
    sender = inbound.sender.email if inbound.sender else ""
    return is_verification(sender, inbound.subject, inbound.text)


def _with_early_answers(found: Match, inbound: Inbound, customer: Customer | None) -> Match:
    if found.own is not None or found.stranger or found.is_inside:
        return found
    early = overtaking.early_answers(inbound)
    if early and found.conversation is None:
        homes = (living(answer.conversation) for answer in early)
        home = next((home for home in homes if _takes_part(home, inbound, customer)), None)
        return replace(found, conversation=home, early=early if home else [])
    return replace(found, early=early) if early else found


def _by_what_it_names(inbound: Inbound, customer: Customer | None, adapter: Adapter) -> Match:
    own = _own_message(inbound, adapter)
    if own is not None:
        return Match(conversation=living(own.conversation), own=own)
    signed = adapter.signed_references(inbound, signer=settings.KEY_RING)
    valid = [reference for reference in signed if reference.valid]
    check = Message.ReferenceCheck.INVALID if signed and not valid else Message.ReferenceCheck.NONE
    for reference in valid:
        found = _by_signed_reference(reference, inbound, customer)
        if found is not None:
            return found
    conversation, answered = _by_foreign_reference(inbound, customer)
    if conversation is None:
        conversation = _by_subject_number(inbound, customer) or _by_answered_subject(inbound, customer)
    return Match(conversation=conversation, answers=answered, reference_check=check)


def _own_message(inbound: Inbound, adapter: Adapter) -> Message | None:
    """Our own message when this mail carries its Message-ID: a copy that a list or a rule sent back to us."""
    reference = adapter.own_reference(inbound, signer=settings.KEY_RING)
    if reference is None or not reference.valid or reference.purpose in _STAFF_PURPOSES:
        return None
    return Message.objects.select_related("conversation").filter(pk=reference.subject_id).first()


def _referenced_ids(inbound: Inbound) -> list[str]:
    """Message-IDs this mail answers, nearest first."""
    ids = [inbound.in_reply_to, *reversed(inbound.references[-_MAX_REFERENCES:])]
    return list(dict.fromkeys(reference for reference in ids if reference))


def _by_signed_reference(reference: SignedReference, inbound: Inbound, customer: Customer | None) -> Match | None:
    if reference.purpose == _QUESTION:
        return _by_question(reference, inbound, customer)
    if reference.purpose == "c":
        conversation = Conversation.objects.select_related("merged_into").filter(pk=reference.subject_id).first()
        answered = None
    else:
        answered = Message.objects.select_related("conversation").filter(pk=reference.subject_id).first()
        conversation = answered.conversation if answered else None
    if conversation is None:
        return None
    home = living(conversation)
    valid = Message.ReferenceCheck.VALID
    if reference.purpose in _STAFF_PURPOSES:
        return _by_staff_reference(reference, inbound, alongside.main_of(home), answered)
    stranger = not _takes_part(home, inbound, customer)
    return Match(conversation=home, answers=answered, stranger=stranger, reference_check=valid)


def _by_staff_reference(
    reference: SignedReference, inbound: Inbound, home: Conversation, answered: Message | None
) -> Match:
    """A reference bound to one colleague counts for that colleague's address only; from others it is a forgery."""
    account = Account.objects.filter(pk=reference.account_id or 0, is_active=True).first()
    sender = inbound.sender.email if inbound.sender else ""
    if account is None or account.email != sender:
        return Match(reference_check=Message.ReferenceCheck.INVALID)
    return Match(
        conversation=home,
        answers=answered,
        account=account,
        purpose=reference.purpose,
        reference_check=Message.ReferenceCheck.VALID,
    )


def _by_question(reference: SignedReference, inbound: Inbound, customer: Customer | None) -> Match | None:
    """Who was asked by mail answers with a note; anybody else who answers in that place is held as one.

    Only who takes part in the conversation itself speaks there as always: a customer whom the colleague copied in, say.
    """
    question = Question.objects.select_related("message__conversation").filter(pk=reference.subject_id).first()
    if question is None:
        return None
    home, valid = living(question.message.conversation), Message.ReferenceCheck.VALID
    is_asked = inbound.sender is not None and address_key(inbound.sender.email) == question.email
    if not is_asked and _takes_part(home, inbound, customer):
        return Match(conversation=home, reference_check=valid)
    return Match(
        conversation=home, answers=question.message, question=question, stranger=not is_asked, reference_check=valid
    )


def _by_foreign_reference(inbound: Inbound, customer: Customer | None) -> tuple[Conversation | None, Message | None]:
    for message in each_named(_referenced_ids(inbound)):
        home = living(message.conversation)
        if _takes_part(home, inbound, customer):
            return home, message
    return None, None


def _by_subject_number(inbound: Inbound, customer: Customer | None) -> Conversation | None:
    if customer is None or inbound.bulk or not (found := _NUMBER.search(inbound.subject)):
        return None
    conversation = Conversation.objects.filter(
        pk=int(found.group(1)), customer_id__in=customer_family(customer)
    ).first()
    return living(conversation) if conversation else None


def _by_answered_subject(inbound: Inbound, customer: Customer | None) -> Conversation | None:
    """For programs that forget what they answer: "Re:" with the subject of what we wrote to this customer of late."""
    if customer is None or inbound.bulk or inbound.suspicious_sender or inbound.in_reply_to or inbound.references:
        return None
    bare, answers = bare_subject(inbound.subject)
    if not answers or not bare:
        return None
    answered = Conversation.objects.filter(
        customer_id__in=customer_family(customer),
        answered_message_id__gt=0,
        last_message_at__gte=clock.now() - _ANSWERED_OF_LATE,
    ).exclude(status=Conversation.Status.SPAM)
    newest = answered.select_related("merged_into").order_by("-last_message_at")[:_MOST_ANSWERED]
    return next((living(row) for row in newest if bare_subject(row.subject)[0] == bare), None)


def _takes_part(conversation: Conversation, inbound: Inbound, customer: Customer | None) -> bool:
    """Whether the sender is the conversation's customer or one of its accepted participants."""
    if inbound.sender is None:
        return False
    owner = conversation.customer_id
    if customer is not None and owner is not None and (owner == customer.pk or owner in customer_family(customer)):
        return True
    accepted = (Participant.Role.REQUESTER, Participant.Role.COPY)
    return Participant.objects.filter(conversation=conversation, email=inbound.sender.email, role__in=accepted).exists()
