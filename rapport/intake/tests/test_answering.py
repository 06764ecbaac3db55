"""Colleagues who answer by mail: only with a reference bound to them and a proved sender do they speak to customers."""

from django.conf import settings

from rapport.channels.email import references
from rapport.conversations.models import Message
from rapport.conversations.tests.cast import Cast
from rapport.intake.tests.mails import arrive, mail, message_of
from rapport.people.models import Account


def answer(
    cast: Cast,
    account: Account,
    *,
    purpose: str = "notify",
    proved: bool = True,
    sender: str = "",
    historic: bool = False,
) -> Message:
    """`account` answers what it was told about Carla's message."""
    cast.inbox.authserv_id = "mx.fleur.example"
    cast.inbox.save()
    asked = cast.writes()
    reference = references.make_message_id(
        asked.pk, purpose=purpose, domain="fleur.example", ring=settings.KEY_RING, account_id=account.pk
    )
    domain = account.email.partition("@")[2]
    verdict = f"mx.fleur.example; dmarc={'pass' if proved else 'none'} header.from={domain}"
    raw = mail(
        "They come tomorrow",
        sender=sender or account.email,
        in_reply_to=f"<{reference}>",
        authentication_results=verdict,
    )
    return message_of(arrive(raw, cast.inbox, historic=historic))


def test_an_agent_proved_by_reference_and_sender_replies_to_the_customer(cast: Cast) -> None:
    message = answer(cast, cast.ana)
    assert (message.kind, message.state, message.author) == ("reply", "held", cast.ana)
    assert message.to[0]["email"] == "carla@example.org"


def test_what_an_agent_answered_long_ago_is_a_note_when_it_is_imported(cast: Cast) -> None:
    assert answer(cast, cast.ana, historic=True).kind == "note"


def test_an_agent_whose_sender_is_not_proved_writes_a_note_marked_unverified(cast: Cast) -> None:
    message = answer(cast, cast.ana, proved=False)
    assert (message.kind, message.sender_check, message.author) == ("note", "claimed", None)


def test_an_answer_to_a_note_stays_a_note(cast: Cast) -> None:
    message = answer(cast, cast.ana, purpose="note")
    assert (message.kind, message.author) == ("note", cast.ana)


def test_somebody_else_with_the_agents_reference_reaches_neither_customer_nor_conversation(cast: Cast) -> None:
    message = answer(cast, cast.ana, sender="mallory@elsewhere.example")
    assert (message.kind, message.reference_check) == ("customer", "invalid")
    assert message.conversation.customer != cast.carla


def test_a_former_members_reference_is_worth_nothing(cast: Cast) -> None:
    message = answer(cast, cast.eva)
    assert (message.kind, message.reference_check) == ("customer", "invalid")


def test_an_agent_who_lost_sight_of_the_conversation_writes_a_note_at_most(cast: Cast) -> None:
    message = answer(cast, cast.ben)
    assert message.kind == "note"
