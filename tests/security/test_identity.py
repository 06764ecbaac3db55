"""SEC-06, SEC-07: a mail is from whom its header really names, and proves nothing by itself."""

from __future__ import annotations

import asyncio
import socket
import threading
from email.message import EmailMessage

import pytest
from django.conf import settings
from django.db import connections

from rapport.channels.contract import Address
from rapport.channels.email import authenticating, references
from rapport.channels.email.parsing.mail import parse_mail
from rapport.conversations import access
from rapport.conversations.models import Message, Participant
from rapport.conversations.tests.cast import Cast, make_cast
from rapport.intake import door
from rapport.intake.models import RawMessage
from rapport.intake.tests.mails import STRANGER, arrive, mail, message_of
from rapport.language.tests.test_verification import CODES as SERVICES
from rapport.outbox.composing import compose
from rapport.outbox.queueing import queue_message
from tests.security.identities import Case, crooked, look_alikes

CASES = list(crooked())
TRUSTED = b"Authentication-Results: mx.fleur.example; dmarc=pass header.from=fleur.example\r\n"


def raw_from(header: bytes, *, more: bytes = b"") -> bytes:
    return more + b"From: " + header + b"\r\nSubject: Hi\r\nMessage-ID: <x@y.example>\r\n\r\nHello\r\n"


def test_there_are_enough_cases():
    assert len(CASES) >= 200


@pytest.mark.parametrize("sure", [True, False])
def test_no_header_is_taken_for_somebody_elses(sure):
    wrong = [case for case in CASES if case.sure is sure and not is_right(case)]
    assert wrong == []


def is_right(case: Case) -> bool:
    """A plain header names its mailbox; a crooked one at least never the victim's without a doubt."""
    found = parse_mail(raw_from(case.header))
    email = found.sender.email if found.sender else ""
    if case.sure:
        return email == case.real.lower()
    return email != case.victim or found.suspicious_sender


@pytest.mark.parametrize("name", [b"O'Neil, =?utf-8?q?Sin=C3=A9ad?=", b"Miller, Joe", b"=?utf-8?q?M=C3=BCller?=, Joe"])
def test_a_name_with_a_bare_comma_raises_no_doubt(name):
    found = parse_mail(raw_from(name + b" <joe@example.org>"))
    assert found.sender is not None
    assert (found.sender.email, ", " in found.sender.name, found.suspicious_sender) == ("joe@example.org", True, False)


def test_two_senders_are_no_sender():
    for first, second in (("ana@fleur.example", "eve@evil.example"), ("eve@evil.example", "ana@fleur.example")):
        found = parse_mail(b"From: " + first.encode() + b"\r\n" + raw_from(second.encode()))
        assert found.suspicious_sender


def test_nobody_vouches_for_a_sender_that_cannot_be_told():
    for case in CASES:
        raw = raw_from(case.header, more=TRUSTED)
        inbound = parse_mail(raw)
        verdict = authenticating.judge(inbound, raw, authserv_id="mx.fleur.example", look_up=None)
        taken_for_victim = inbound.sender is not None and inbound.sender.email == case.victim
        assert not (taken_for_victim and verdict == "authenticated"), case


def test_a_verdict_counts_only_from_our_own_server_and_on_top():
    inside = b"Authentication-Results: evil.example; x=y\r\n" + TRUSTED
    for more in (inside, TRUSTED.replace(b"mx.", b"MX2."), b"Received: x\r\n" + inside):
        raw = raw_from(b"ana@fleur.example", more=more)
        assert authenticating.judge(parse_mail(raw), raw, authserv_id="mx.fleur.example", look_up=None) == "claimed"


@pytest.mark.django_db
def test_look_alikes_are_other_people():
    cast = make_cast()
    known = Address("carla@example.org", "Carla Conti")
    for double in look_alikes(known.email):
        inbound = parse_mail(raw_from(double.encode()))
        if inbound.sender and inbound.sender.email != known.email:
            message = cast.writes(sender=inbound.sender)
            assert message.customer != cast.carla, double
        else:
            assert inbound.sender is None or inbound.suspicious_sender, double


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


@pytest.fixture
def answered(cast: Cast) -> tuple[Cast, Message]:
    """Carla wrote by mail and Ana answered."""
    row = arrive(mail(), cast.inbox)
    return cast, cast.replies(message_of(row).conversation)


def test_copies_and_recipients_become_suggestions_and_see_nothing(answered):
    cast, reply = answered
    raw = mail(
        "Me too", cc="eve@evil.example, kim@fleur.example, ben@fleur.example", in_reply_to=f"<{reply.external_id}>"
    )
    conversation = message_of(arrive(raw, cast.inbox)).conversation
    roles = dict(Participant.objects.filter(conversation=conversation).values_list("email", "role"))
    assert {roles.get(email) for email in ("eve@evil.example",)} <= {"suggested", None}
    for account in (cast.kim, cast.ben):
        assert not access.conversations_visible_to(account).filter(pk=conversation.pk).exists()
    stolen = mail("Answer to all", sender="eve@evil.example", in_reply_to=f"<{reply.external_id}>")
    assert message_of(arrive(stolen, cast.inbox)).state == "stranger"


def test_a_third_partys_mail_on_a_conversations_address_waits_for_an_agent(answered):
    cast, reply = answered
    address = references.make_reply_address("hello@fleur.example", reply.conversation_id, ring=settings.KEY_RING)
    raw = mail("Your code is 123456", sender="no-reply@bank.example", to=address, subject="Verify")
    message = message_of(arrive(raw, cast.inbox))
    assert (message.state, message.conversation_id) == ("stranger", reply.conversation_id)
    assert not Participant.objects.filter(conversation=reply.conversation, email="no-reply@bank.example").exists()


def test_what_is_held_leaves_the_house_in_no_reply(answered):
    cast, reply = answered
    address = references.make_reply_address("hello@fleur.example", reply.conversation_id, ring=settings.KEY_RING)
    held = message_of(arrive(mail("Your code is 123456", sender="no-reply@bank.example", to=address), cast.inbox))
    assert held.state == "stranger"
    next_reply = cast.replies(
        reply.conversation, "Soon.", to=[Address("carla@example.org"), Address("eve@evil.example")]
    )
    delivery = queue_message(next_reply)
    assert delivery is not None
    outgoing = compose(delivery)
    for copy in (outgoing.text, outgoing.html, outgoing.subject, " ".join(outgoing.references)):
        assert "123456" not in copy
        assert held.external_id not in copy
    assert "no-reply@bank.example" not in [to.email for to in (*outgoing.to, *outgoing.cc, *outgoing.bcc)]


@pytest.mark.parametrize(("sender", "subject", "text"), SERVICES[::4])
def test_a_services_code_never_joins_unheld_though_its_sender_seems_to_take_part(cast, sender, subject, text):
    opened = message_of(arrive(mail("I am the service", sender=sender, cc="eve@evil.example"), cast.inbox)).conversation
    reply = cast.replies(opened)
    ways = (
        {"subject": f"{subject} [#{opened.number}]"},
        {"subject": subject, "in_reply_to": f"<{reply.external_id}>"},
        {
            "subject": subject,
            "to": references.make_reply_address("hello@fleur.example", opened.pk, ring=settings.KEY_RING),
        },
    )
    for number, way in enumerate(ways):
        message = message_of(arrive(mail(f"{text}\n{number}", sender=sender, **way), cast.inbox))
        assert message.state == "stranger" or message.conversation_id != opened.pk, way


@pytest.mark.parametrize("where", ["in_reply_to", "references"])
def test_forged_and_altered_references_lead_nowhere(answered, where):
    cast, reply = answered
    good = reply.external_id
    local, _, domain = good.rpartition("@")
    forged = [
        f"{local[:-1]}{'a' if local[-1] != 'a' else 'b'}@{domain}",
        f"{local.upper()}x@{domain}",
        f"{local[:-6]}@{domain}",
    ]
    for number, reference in enumerate(forged):
        raw = mail(f"Hello {number}", sender=STRANGER, **{where: f"<{reference}>"})
        assert message_of(arrive(raw, cast.inbox)).conversation_id != reply.conversation_id, reference


def test_nobody_speaks_as_a_colleague_by_a_colleagues_address(answered):
    cast, reply = answered
    raw = mail("Pay to this account", sender="Ana Adler <ana@fleur.example>", in_reply_to=f"<{reply.external_id}>")
    message = message_of(arrive(raw, cast.inbox))
    assert (message.author, message.kind in ("reply", "automatic")) == (None, False)


def test_no_notification_reference_of_one_colleague_speaks_for_another(answered):
    cast, reply = answered
    bound = references.make_message_id(
        reply.pk, purpose="notify", domain="fleur.example", ring=settings.KEY_RING, account_id=cast.ana.pk
    )
    raw = mail("Yes, do it", sender="Ben Berg <ben@fleur.example>", in_reply_to=f"<{bound}>")
    message = message_of(arrive(raw, cast.inbox))
    assert message.author is None
    assert message.conversation_id != reply.conversation_id


def open_door() -> tuple[int, threading.Event, threading.Thread]:
    """The product's own door on a free port."""
    from tests.servers.ports import free_port

    port, stopping = free_port(), threading.Event()
    handler = door.DoorHandler(answers_per_recipient=False)

    async def serve() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: door._SMTPDoor(handler, enable_SMTPUTF8=True, ident="Rapport", loop=loop), "127.0.0.1", port
        )
        ready.set()
        async with server:
            await asyncio.to_thread(stopping.wait)
        handler.storing.submit(connections.close_all)
        handler.storing.shutdown()

    ready = threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    ready.wait(10)
    return port, stopping, thread


@pytest.mark.parametrize(
    "end", [b"\n.\r\n", b"\r.\r\n", b"\n.\n", b"\r\n.\n", b"\r.\r", b"\r\n.\r", b"\n.\r"], ids=repr
)
def test_no_crooked_line_end_smuggles_a_second_mail_through_the_door(cast, end):
    port, stopping, thread = open_door()
    second = b"MAIL FROM:<ana@fleur.example>\r\nRCPT TO:<hello@fleur.example>\r\nDATA\r\nFrom: ana@fleur.example\r\n\r\nSmuggled\r\n.\r\n"
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
            line.recv(500)
            for command in (
                b"EHLO x\r\n",
                b"MAIL FROM:<eve@evil.example>\r\n",
                b"RCPT TO:<hello@fleur.example>\r\n",
                b"DATA\r\n",
            ):
                line.sendall(command)
                line.recv(500)
            line.sendall(b"From: eve@evil.example\r\nSubject: one\r\n\r\nHello" + end + second)
            line.recv(500)
            line.sendall(b"QUIT\r\n")
            while line.recv(500):
                pass
    finally:
        stopping.set()
        thread.join(10)
    assert RawMessage.objects.filter(envelope_from="eve@evil.example").count() <= 1
    assert not RawMessage.objects.filter(envelope_from="ana@fleur.example").exists()


def test_a_header_cannot_be_smuggled_into_a_name():
    message = EmailMessage()
    message["Subject"] = "x"
    raw = b"From: =?utf-8?q?Eve=0D=0AFrom=3A_ana=40fleur=2Eexample?= <eve@evil.example>\r\nSubject: x\r\n\r\nx"
    found = parse_mail(raw)
    assert found.sender is not None
    assert (found.sender.email, "\n" in found.sender.name) == ("eve@evil.example", False)
