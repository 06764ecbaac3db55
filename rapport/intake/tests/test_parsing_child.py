import pytest

from rapport.channels.contract import Attachment, Inbound
from rapport.intake import budget, parsing_child, wire
from rapport.intake.errors import Limit, ParseFailed
from rapport.intake.parsing_child import ParseChild
from rapport.intake.tests.children import GreedyChild
from rapport.intake.tests.mails import mail


def test_what_the_child_says_comes_across_whole() -> None:
    petals = Attachment("a.png", "image/png", 6, "0" * 64, b"petals", cid="x", inline=True)
    inbound = Inbound(subject="Grüße \ud83d", attachments=[petals, petals], problems=["odd"])
    length, *pieces = wire.encode([inbound, Inbound()])
    payload = b"".join(pieces)
    assert int.from_bytes(length, "big") == len(payload)
    assert wire.decode(payload) == [inbound, Inbound()]


def test_a_child_that_was_killed_is_started_anew() -> None:
    with ParseChild() as child:
        child.parse(mail("one"))
        assert child._process is not None
        child._process.kill()
        child._process.wait()
        assert child.parse(mail("two"))[0].text.strip() == "two"


@pytest.mark.parametrize(("words", "limit"), [("spin", Limit.TIME), ("gobble", Limit.MEMORY), ("abort", Limit.MEMORY)])
def test_a_mail_that_takes_too_much_ends_its_reader_says_which_limit_and_the_next_is_read(
    words: str, limit: Limit, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Without the worker's own looks at it and its clock, so that the child's limits are what holds.
    monkeypatch.setattr(parsing_child, "_own_memory", lambda pid: 0)
    monkeypatch.setattr(budget, "_WALL", 1000.0)
    with GreedyChild() as child:
        with pytest.raises(ParseFailed) as failed:
            child.parse(mail(words))
        assert failed.value.limit is limit
        assert child.parse(mail("next"))[0].text.strip() == "next"


def test_the_worker_ends_a_child_the_kernel_does_not_hold_to_its_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "MEMORY", 60 * 1024 * 1024)
    with GreedyChild() as child, pytest.raises(ParseFailed) as failed:
        child.parse(mail("hold"))
    assert failed.value.limit is Limit.MEMORY


def test_the_worker_ends_a_child_that_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "_WALL", 0.5)
    with GreedyChild() as child:
        with pytest.raises(ParseFailed) as failed:
            child.parse(mail("stop"))
        monkeypatch.undo()
        assert failed.value.limit is Limit.TIME
        assert child.parse(mail("next"))[0].text.strip() == "next"


def test_a_child_left_bloated_by_a_mail_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "SPENT", 0)
    with ParseChild() as child:
        child.parse(mail("x" * 200_000))
        assert child._process is None
        child.parse(mail("small"))
        assert child._process is not None


def test_the_child_sees_no_secret_of_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAPPORT_SECRET_KEY", "canary-secret-value")
    with ParseChild() as child:
        child.parse(mail())
        assert child._process is not None
        with open(f"/proc/{child._process.pid}/environ", "rb") as environ:
            assert b"canary" not in environ.read()


def test_an_answer_nobody_took_is_never_taken_for_the_next_mails() -> None:
    with ParseChild() as child:
        child.ask(mail("left behind"))
        child.ask(mail("wanted"))
        assert child.answer()[0].text.strip() == "wanted"
        with pytest.raises(ParseFailed, match="nothing to answer"):
            child.answer()


def text_of(child: ParseChild, raw: bytes) -> str:
    child.ask(raw)
    return child.answer()[0].text.strip()


def test_what_was_handed_over_ahead_is_answered_when_it_is_asked_and_by_the_same_child() -> None:
    mails = [mail(f"words {number} " + "x" * 30_000 * number) for number in range(3)]
    with ParseChild() as child:
        child.ask(mails[0])
        for behind in mails[1:]:
            assert child.has_room_for(len(behind))
            child.hand_over(behind)
        process, first = child._process, child.answer()
        assert first[0].text.startswith("words 0")
        assert [text_of(child, one)[:7] for one in mails[1:]] == ["words 1", "words 2"]
        assert child._process is process
        assert not child.handed


def test_who_is_asked_something_else_than_was_handed_over_answers_that() -> None:
    with ParseChild() as child:
        child.ask(mail("one"))
        child.hand_over(mail("two"))
        assert child.answer()[0].text.strip() == "one"
        assert text_of(child, mail("three")) == "three"


def test_of_mails_handed_over_the_one_that_ends_the_child_is_blamed_and_no_other() -> None:
    one, bad, three = mail("one"), mail("abort"), mail("three")
    with GreedyChild() as child:
        child.ask(one)
        child.hand_over(bad)
        child.hand_over(three)
        assert child.answer()[0].text.strip() == "one"
        child.ask(bad)
        with pytest.raises(ParseFailed) as failed:
            child.answer()
        assert failed.value.limit is Limit.MEMORY
        assert text_of(child, three) == "three"


def test_only_as_much_is_handed_over_as_its_pipe_holds() -> None:
    with ParseChild() as child:
        assert not child.has_room_for(1)  # nothing to do it behind
        child.ask(mail("one"))
        assert not child.has_room_for(10_000_000)
        while child.has_room_for(100):
            child.hand_over(mail("more"))
        assert child.handed == parsing_child.MOST_HANDED
