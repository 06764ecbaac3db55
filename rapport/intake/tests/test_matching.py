"""Which conversation a mail joins, told by what a customer service manager would expect."""

import pytest
from django.conf import settings

from rapport.channels.contract import Address
from rapport.channels.email import references
from rapport.conversations.models import Conversation, Message
from rapport.conversations.tests.cast import CARLA as CARLAS_ADDRESS
from rapport.conversations.tests.cast import Cast
from rapport.intake.models import RawMessage
from rapport.intake.tests.mails import STRANGER, arrive, conversation_of, mail, message_of

STELLA = Address("stella@elsewhere.example", "Stella Stern")


def opened(cast: Cast) -> tuple[Conversation, Message]:
    """Carla wrote and Ana answered."""
    row = arrive(mail(), cast.inbox)
    conversation = conversation_of(row)
    return conversation, cast.replies(conversation)


def test_a_first_mail_opens_a_conversation_of_the_inboxs_team(cast: Cast) -> None:
    conversation, _ = opened(cast)
    assert (conversation.subject, conversation.team, conversation.customer) == ("Tulips", cast.shop, cast.carla)


def test_an_answer_to_our_mail_joins_and_its_reference_is_known_to_be_ours(cast: Cast) -> None:
    conversation, reply = opened(cast)
    message = message_of(arrive(mail("Thanks", in_reply_to=f"<{reply.external_id}>"), cast.inbox))
    assert (message.conversation, message.reference_check, message.state) == (conversation, "valid", "done")


def test_a_stranger_with_our_reference_joins_but_is_held_inside(cast: Cast) -> None:
    conversation, reply = opened(cast)
    row = arrive(mail("I am her boss", sender=STRANGER, in_reply_to=f"<{reply.external_id}>"), cast.inbox)
    assert (message_of(row).conversation, message_of(row).state) == (conversation, "stranger")


def test_a_forged_reference_leads_nowhere_and_is_called_invalid(cast: Cast) -> None:
    conversation, reply = opened(cast)
    forged = reply.external_id.replace(f".{reply.pk}.", f".{reply.pk - 1}.")
    row = arrive(mail("Hello", sender=STRANGER, in_reply_to=f"<{forged}>"), cast.inbox)
    assert message_of(row).conversation != conversation
    assert message_of(row).reference_check == "invalid"


def test_a_follow_up_to_the_customers_own_mail_joins(cast: Cast) -> None:
    conversation, _ = opened(cast)
    first = conversation.messages.order_by("pk").first()
    assert first is not None
    row = arrive(mail("One more thing", references=f"<{first.external_id}>"), cast.inbox)
    assert row.conversation_id == conversation.pk


def test_a_stranger_with_the_customers_message_id_opens_a_conversation_of_their_own(cast: Cast) -> None:
    conversation, _ = opened(cast)
    first = conversation.messages.order_by("pk").first()
    assert first is not None
    row = arrive(mail("Newsletter", sender=STRANGER, in_reply_to=f"<{first.external_id}>"), cast.inbox)
    assert row.conversation_id != conversation.pk


def test_the_number_in_the_subject_joins_for_the_same_customer_only(cast: Cast) -> None:
    conversation, _ = opened(cast)
    subject = f"Tulips [#{conversation.number}]"
    same = arrive(mail("From my new phone", subject=subject), cast.inbox)
    other = arrive(mail("Me too", sender=STRANGER, subject=subject), cast.inbox)
    assert same.conversation_id == conversation.pk
    assert other.conversation_id != conversation.pk


def test_the_same_subject_alone_joins_nothing(cast: Cast) -> None:
    conversation, _ = opened(cast)
    assert arrive(mail("Another order", subject="Tulips"), cast.inbox).conversation_id != conversation.pk


def test_an_answer_to_the_signed_reply_address_joins(cast: Cast) -> None:
    conversation, _ = opened(cast)
    address = references.make_reply_address(cast.inbox.address, conversation.pk, ring=settings.KEY_RING)
    row = arrive(mail("By hand", to=address), cast.inbox)
    assert row.conversation_id == conversation.pk
    assert message_of(row).reference_check == "valid"


def test_an_answer_to_a_merged_conversation_lands_in_the_living_one(cast: Cast) -> None:
    from rapport.conversations import merging

    conversation, reply = opened(cast)
    other = cast.conversation("Second question", sender=CARLAS_ADDRESS)
    merging.merge(conversation, into=other, by=cast.ana)
    row = arrive(mail("Thanks", in_reply_to=f"<{reply.external_id}>"), cast.inbox)
    assert row.conversation_id == other.pk


def test_people_in_copy_are_suggested_and_do_not_take_part(cast: Cast) -> None:
    row = arrive(mail(cc="Stella <stella@elsewhere.example>"), cast.inbox)
    copied = conversation_of(row).participants.get(email="stella@elsewhere.example")
    assert copied.role == "suggested"
    first = message_of(row)
    answer = arrive(mail("Hi all", sender=STRANGER, in_reply_to=f"<{first.external_id}>"), cast.inbox)
    assert answer.conversation_id != row.conversation_id


def test_our_own_mail_that_comes_back_opens_nothing(cast: Cast) -> None:
    conversation, reply = opened(cast)
    before = Message.objects.count()
    row = arrive(mail("echo", sender=cast.inbox.address, message_id=f"<{reply.external_id}>"), cast.inbox)
    assert (row.state, row.conversation_id, Message.objects.count()) == ("duplicate", conversation.pk, before)


@pytest.mark.parametrize("second", ["inbox", "drivers_inbox"])
def test_the_same_mail_a_second_time_is_noted_and_not_repeated(cast: Cast, second: str) -> None:
    raw = mail(message_id="<once@example.org>")
    first = arrive(raw, cast.inbox)
    copy = arrive(b"Received: from somewhere else\r\n" + raw, getattr(cast, second))
    assert (copy.state, copy.message_id) == ("duplicate", first.message_id)
    assert len(message_of(first).also_received_at) == 1


def test_the_second_inboxs_team_sees_the_conversation_too(cast: Cast) -> None:
    from rapport.conversations.access import conversations_visible_to

    raw = mail(message_id="<once@example.org>")
    row = arrive(raw, cast.inbox)
    assert not conversations_visible_to(cast.ben).filter(pk=conversation_of(row).pk).exists()
    arrive(raw, cast.drivers_inbox, key="again")
    assert conversations_visible_to(cast.ben).filter(pk=conversation_of(row).pk).exists()


def test_the_same_message_id_with_other_words_is_another_message(cast: Cast) -> None:
    first = arrive(mail("One", message_id="<same@example.org>"), cast.inbox)
    second = arrive(mail("Two", message_id="<same@example.org>"), cast.inbox)
    assert first.message_id != second.message_id
    assert second.state == RawMessage.State.PROCESSED


def test_a_merged_customer_still_takes_part_in_the_conversations_of_the_old_row(cast: Cast) -> None:
    from rapport.people import merging, recognising
    from rapport.people.models import CustomerAddress

    conversation, _ = opened(cast)
    new = recognising.recognise(STELLA)
    merging.merge(cast.carla, into=new, by=cast.flora)
    CustomerAddress.objects.filter(email=STELLA.email).update(customer=new)
    first = conversation.messages.order_by("pk")[0]
    row = arrive(mail("From my other address", sender=STRANGER, in_reply_to=f"<{first.external_id}>"), cast.inbox)
    assert row.conversation_id == conversation.pk


def test_an_answer_that_names_nothing_joins_by_the_subject_we_wrote_under(cast: Cast) -> None:
    conversation, _ = opened(cast)
    assert arrive(mail("Thanks", subject="AW: Tulips"), cast.inbox).conversation_id == conversation.pk


@pytest.mark.parametrize(
    "other",
    [
        {"sender": STRANGER, "subject": "Re: Tulips"},
        {"sender": "Dan Dorn <dan@example.net>", "subject": "Re: Tulips"},  # known, but another customer
        {"subject": "Re: Roses"},
        {"subject": "Re:"},
        {"subject": "Re: Tulips", "in_reply_to": "<elsewhere@example.org>"},
        {"subject": "Re: Tulips", "list_id": "<news.example.org>"},
    ],
)
def test_an_answers_subject_alone_joins_for_nobody_else(cast: Cast, other: dict[str, str]) -> None:
    conversation, _ = opened(cast)
    assert arrive(mail("Thanks", **other), cast.inbox).conversation_id != conversation.pk


def test_an_answers_subject_joins_nothing_that_we_never_answered(cast: Cast) -> None:
    first = arrive(mail(), cast.inbox)
    assert arrive(mail("Thanks", subject="Re: Tulips"), cast.inbox).conversation_id != first.conversation_id
