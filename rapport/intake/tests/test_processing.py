import os
import signal
from datetime import timedelta
from unittest.mock import Mock

import pytest
import time_machine

from rapport.conversations import receiving
from rapport.conversations.models import Conversation
from rapport.conversations.tests.cast import Cast
from rapport.events.models import Event
from rapport.files import storing
from rapport.files.models import Attachment
from rapport.intake import parsing_ahead, processing, reprocessing
from rapport.intake.accepting import Source, accept
from rapport.intake.errors import ParseFailed
from rapport.intake.models import RawMessage
from rapport.intake.parsing_ahead import Line
from rapport.intake.parsing_child import ParseChild
from rapport.intake.tests.children import GreedyChild
from rapport.intake.tests.mails import arrive, conversation_of, mail, message_of
from rapport.kit import clock


class BrokenChild(ParseChild):
    """A child that dies over every mail with this word in it."""

    def ask(self, raw: bytes, *, kind: str = "email") -> None:
        if b"poison" in raw:
            raise ParseFailed("ended without an answer")
        super().ask(raw, kind=kind)


def process_until_settled(child: ParseChild) -> None:
    for hours in range(6):
        with time_machine.travel(clock.now().timestamp() + hours * 3600, tick=False):
            for row in processing.claim(20):
                processing.process(row, child=child)


def test_a_mail_nobody_can_read_becomes_a_conversation_with_the_raw_file_and_stops_no_other(cast: Cast) -> None:
    raw = mail("poison")
    poisoned = accept(raw, inbox=cast.inbox, source=Source("door"))
    good = accept(mail("fine"), inbox=cast.inbox, source=Source("door"))
    assert poisoned
    assert good
    with BrokenChild() as child:
        process_until_settled(child)
    poisoned.refresh_from_db()
    good.refresh_from_db()
    assert (poisoned.state, good.state) == ("parked", "processed")
    notice = message_of(poisoned)
    file = Attachment.objects.get(message_id=notice.pk)
    assert (notice.kind, file.mime, file.stored.size) == ("notice", "message/rfc822", len(raw))


def test_a_mail_that_met_a_limit_is_shown_with_the_limit_and_can_be_read_again(
    cast: Cast,
) -> None:
    row = accept(mail("gobble"), inbox=cast.inbox, source=Source("door"))
    assert row
    with GreedyChild() as child:
        processing.process(row, child=child)
    row.refresh_from_db()
    assert row.state == RawMessage.State.PARKED
    assert any("256 MB" in problem for problem in message_of(row).problems)
    reprocessing.reprocess(row)
    processing.process_due()
    row.refresh_from_db()
    assert message_of(row).text.strip() == "gobble"


def test_a_mail_that_makes_its_reader_work_steps_aside_long_before_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsing_ahead, "STANDSTILL", 1000.0)
    with GreedyChild() as child:
        row = RawMessage(sha256=storing.write_blob(mail("spin")), size=1)
        line = Line(child)
        assert list(line.parsed([row])) == []
        assert line.is_waiting()
        while line.is_waiting():
            for [parsing] in line.parsed([]):
                with pytest.raises(ParseFailed):
                    parsing.result()


def test_a_mail_that_takes_long_steps_aside_and_the_others_pass_it(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    for word in ("one", "stop", "three"):
        accept(mail(word), inbox=cast.inbox, source=Source("door"))
    store = processing._store_one
    with GreedyChild() as child:

        def store_and_wake_who_stands_still(ready: processing._Ready) -> None:
            store(ready)
            if "three" in ready.inbounds[0].text and child._process:
                os.kill(child._process.pid, signal.SIGCONT)

        monkeypatch.setattr(parsing_ahead, "STANDSTILL", 0.3)
        monkeypatch.setattr(processing, "_store_one", store_and_wake_who_stands_still)
        monkeypatch.setattr(processing._own, "line", Line(child), raising=False)
        assert processing.process_due() == 3
    # Waited for, it would have been ended before the third was stored.
    assert set(RawMessage.objects.values_list("state", flat=True)) == {"processed"}


def test_a_parked_mail_can_be_processed_again_after_a_repair(cast: Cast) -> None:
    row = accept(mail("poison"), inbox=cast.inbox, source=Source("door"))
    assert row
    with BrokenChild() as child:
        process_until_settled(child)
    reprocessing.reprocess_parked()
    processing.process_due()
    row.refresh_from_db()
    assert row.state == RawMessage.State.PROCESSED
    assert message_of(row).text.strip() == "poison"


def test_a_claim_of_a_worker_that_died_is_taken_over_when_it_runs_out(cast: Cast) -> None:
    accept(mail(), inbox=cast.inbox, source=Source("door"))
    assert len(processing.claim(5)) == 1
    assert processing.claim(5) == []
    with time_machine.travel(clock.now() + processing.CLAIM * 2, tick=False):
        assert len(processing.claim(5)) == 1


def test_a_clock_that_went_back_makes_no_arrival_wait_for_that_hour_again(cast: Cast) -> None:
    with time_machine.travel(clock.now() + timedelta(hours=1), tick=False):
        accept(mail(), inbox=cast.inbox, source=Source("door"))
        assert len(processing.claim(5)) == 1
    assert len(processing.claim(5)) == 1


def test_a_worker_that_begins_takes_over_what_a_killed_one_had_claimed(cast: Cast) -> None:
    row = accept(mail(), inbox=cast.inbox, source=Source("door"))
    assert len(processing.claim(5)) == 1
    processing.take_over()
    assert processing.claim(5) == [row]


def test_two_workers_on_one_mail_store_it_once(cast: Cast) -> None:
    row = accept(mail(), inbox=cast.inbox, source=Source("door"))
    assert row
    slow = RawMessage.objects.get(pk=row.pk)
    with ParseChild() as child:
        processing.process(row, child=child)
        processing.process(slow, child=child)
    row.refresh_from_db()
    assert (row.state, conversation_of(row).message_count) == ("processed", 1)


def test_two_workers_who_cannot_read_one_mail_show_it_once(cast: Cast) -> None:
    row = accept(mail("poison"), inbox=cast.inbox, source=Source("door"))
    assert row
    slow = RawMessage.objects.get(pk=row.pk)
    with BrokenChild() as child:
        processing.process(row, child=child)
        processing.process(slow, child=child)
    assert Conversation.objects.count() == 1


def test_a_reader_that_fails_after_another_worker_was_done_changes_nothing(cast: Cast) -> None:
    row = arrive(mail("poison"), cast.inbox)
    with BrokenChild() as child:
        processing.process(row, child=child)
    row.refresh_from_db()
    assert (row.state, Conversation.objects.count()) == ("processed", 1)


@pytest.mark.parametrize("broken", ["file", "notice"])
def test_what_cannot_even_be_parked_stops_no_other(cast: Cast, monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    stuck, good = (accept(mail(word), inbox=cast.inbox, source=Source("door")) for word in ("poison", "fine"))
    assert stuck
    assert good
    read = storing.read

    def refuse(sha256: str) -> bytes:
        if sha256 == stuck.sha256:
            raise PermissionError("the disk says no")
        return read(sha256)

    if broken == "file":
        monkeypatch.setattr(storing, "read", refuse)
    else:
        monkeypatch.setattr(receiving, "receive_unreadable", Mock(side_effect=ValueError("never")))
    with BrokenChild() as child:
        process_until_settled(child)
    stuck.refresh_from_db()
    good.refresh_from_db()
    assert (stuck.state, good.state) == ("parked" if broken == "file" else "accepted", "processed")
    assert stuck.last_error


def test_imported_history_causes_nothing_outward(cast: Cast) -> None:
    row = arrive(mail(), cast.inbox, historic=True)
    event = Event.objects.get(kind="message.received", subject_id=row.message_id)
    assert event.historic
    assert conversation_of(row).waiting_since is None


def test_a_delivery_report_is_attached_to_the_message_that_came_back(cast: Cast) -> None:
    conversation = conversation_of(arrive(mail(), cast.inbox))
    reply = cast.replies(conversation)
    row = arrive(bounce_of(reply.external_id), cast.inbox)
    report = message_of(row)
    assert (report.kind, report.conversation, report.in_reply_to_message) == ("bounce", conversation, reply)
    conversation.refresh_from_db()
    assert conversation.attention


def test_a_delivery_report_of_long_ago_tells_nobody(cast: Cast) -> None:
    conversation = conversation_of(arrive(mail(), cast.inbox))
    row = arrive(bounce_of(cast.replies(conversation).external_id), cast.inbox, historic=True)
    assert message_of(row).conversation == conversation
    assert Event.objects.get(kind="message.bounced").historic
    conversation.refresh_from_db()
    assert not conversation.attention


def test_mail_that_the_inboxs_own_server_calls_spam_opens_as_spam(cast: Cast) -> None:
    cast.inbox.authserv_id = "mx.fleur.example"
    cast.inbox.save()
    row = arrive(mail(x_spam_flag="YES"), cast.inbox)
    assert conversation_of(row).status == "spam"


def test_spam_headers_of_somebody_else_prove_nothing(cast: Cast) -> None:
    row = arrive(mail(x_spam_flag="YES"), cast.inbox)
    assert conversation_of(row).status == "open"


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ("mx.fleur.example; dmarc=pass header.from=example.org", "authenticated"),
        ("mx.fleur.example; dmarc=fail header.from=example.org", "failed"),
        ("mx.attacker.example; dmarc=pass header.from=example.org", "claimed"),
        ("", "claimed"),
    ],
)
def test_only_the_inboxs_own_server_vouches_for_a_sender(cast: Cast, results: str, expected: str) -> None:
    cast.inbox.authserv_id = "mx.fleur.example"
    cast.inbox.save()
    headers = {"authentication_results": results} if results else {}
    row = arrive(mail(**headers), cast.inbox)
    assert message_of(row).sender_check == expected


def bounce_of(external_id: str) -> bytes:
    return (
        "From: MAILER-DAEMON@mx.example.org\r\nTo: hello@fleur.example\r\nSubject: Undelivered Mail\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nCould not be delivered.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.org\r\n\r\n"
        "Final-Recipient: rfc822; carla@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 no such user\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{external_id}>\r\nSubject: Re: Tulips\r\n\r\n--b--\r\n"
    ).encode()


def test_a_child_that_dies_over_the_next_mail_harms_neither_this_one_nor_the_one_after(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    for word in ("one", "poison", "three"):
        accept(mail(word), inbox=cast.inbox, source=Source("door"))
    with BrokenChild() as child:
        monkeypatch.setattr(processing._own, "line", Line(child), raising=False)
        assert processing.process_due() == 3
    one, poison, three = RawMessage.objects.order_by("pk")
    assert (one.state, poison.state, three.state) == ("processed", "parked", "processed")
    assert (message_of(one).text.strip(), message_of(three).text.strip()) == ("one", "three")
