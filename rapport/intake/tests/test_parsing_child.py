import os
import signal
import time

import pytest

from rapport.channels.contract import Attachment, Inbound
from rapport.intake import parsing_child, wire
from rapport.intake.errors import ParseFailed
from rapport.intake.parsing_child import ParseChild
from rapport.intake.tests.mails import mail


def test_what_the_child_says_comes_across_whole() -> None:
    petals = Attachment("a.png", "image/png", 6, "0" * 64, b"petals", cid="x", inline=True)
    inbound = Inbound(subject="Grüße \ud83d", attachments=[petals, petals], problems=["odd"])
    assert wire.decode(wire.encode([inbound, Inbound()])) == [inbound, Inbound()]


def test_a_child_that_was_killed_is_started_anew() -> None:
    with ParseChild() as child:
        child.parse(mail("one"))
        assert child._process is not None
        child._process.kill()
        child._process.wait()
        assert child.parse(mail("two"))[0].text.strip() == "two"


def test_a_child_that_hangs_is_ended_and_the_next_mail_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsing_child, "TIME_LIMIT", 0.3)
    with ParseChild() as child:
        child.parse(mail("warm"))
        assert child._process is not None
        os.kill(child._process.pid, signal.SIGSTOP)
        began = time.monotonic()
        with pytest.raises(ParseFailed, match="too long"):
            child.parse(mail("stuck"))
        assert time.monotonic() - began < 10
        assert child.parse(mail("next"))[0].text.strip() == "next"


def test_the_child_sees_no_secret_of_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAPPORT_SECRET_KEY", "canary-secret-value")
    with ParseChild() as child:
        child.parse(mail())
        assert child._process is not None
        with open(f"/proc/{child._process.pid}/environ", "rb") as environ:
            assert b"canary" not in environ.read()


def test_a_mail_of_many_megabytes_crosses_in_both_directions() -> None:
    raw = b"From: a@example.org\r\nContent-Type: application/octet-stream\r\n\r\n" + b"x" * 5_000_000
    with ParseChild() as child:
        (inbound,) = child.parse(raw)
    assert sum(attachment.size for attachment in inbound.attachments) >= 5_000_000


def test_an_answer_nobody_took_is_never_taken_for_the_next_mails() -> None:
    with ParseChild() as child:
        child.ask(mail("left behind"))
        child.ask(mail("wanted"))
        assert child.answer()[0].text.strip() == "wanted"
        with pytest.raises(ParseFailed, match="nothing was asked"):
            child.answer()
