from unittest.mock import Mock

import pytest
from django.db import DatabaseError

from rapport.conversations.tests.cast import Cast
from rapport.files import storing
from rapport.intake import door
from rapport.intake.accepting import Arriving, Source, accept, accept_all
from rapport.intake.models import RawMessage
from rapport.intake.tests.mails import mail


def test_what_arrives_is_stored_byte_for_byte_before_anybody_reads_it(cast: Cast) -> None:
    raw = mail() + b"\x00\xff rest"
    row = accept(raw, inbox=cast.inbox, source=Source("door"))
    assert row is not None
    assert storing.read(row.sha256) == raw
    assert row.state == RawMessage.State.ACCEPTED


def test_the_same_place_of_the_same_source_is_stored_once(cast: Cast) -> None:
    source = Source("imap", "INBOX:7:12")
    assert accept(mail(), inbox=cast.inbox, source=source) is not None
    assert accept(mail(), inbox=cast.inbox, source=source) is None
    assert RawMessage.objects.count() == 1


def test_the_same_place_in_another_inbox_is_another_mail(cast: Cast) -> None:
    source = Source("imap", "INBOX:7:12")
    for inbox in (cast.inbox, cast.drivers_inbox):
        assert accept(mail(), inbox=inbox, source=source) is not None


def test_when_the_disk_refuses_no_row_says_it_was_stored(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storing, "write_blobs", Mock(side_effect=OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space"):
        accept(mail(), inbox=cast.inbox, source=Source("door"))
    assert not RawMessage.objects.exists()


def test_of_several_at_once_each_place_is_stored_once(cast: Cast) -> None:
    one, other = Source("imap", "INBOX:7:12"), Source("imap", "INBOX:7:13")
    accept(mail("first"), inbox=cast.inbox, source=one)
    arrivals = [Arriving(mail(words), cast.inbox, source) for words, source in [("1", one), ("2", other), ("3", other)]]
    known, new, copy = accept_all(arrivals)
    assert (known, copy) == (None, None)
    assert new is not None
    assert storing.read(new.sha256) == mail("2")
    assert accept_all([Arriving(mail(words), cast.inbox, Source("door")) for words in "45"]).count(None) == 0
    assert RawMessage.objects.count() == 4


@pytest.mark.parametrize("refused", ["none", "together", "one"])
@pytest.mark.parametrize("error", [DatabaseError, ValueError])
def test_mails_that_wait_at_the_door_are_stored_by_one_turn_and_each_hears_its_own_answer(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, refused: str, error: type[Exception]
) -> None:
    turns = []

    def choosy(arrivals: list[Arriving]) -> object:
        turns.append(len(arrivals))
        if (refused == "together" and len(arrivals) > 1) or (
            refused == "one" and any(b"no" in a.raw for a in arrivals)
        ):
            raise error(refused)
        return accept_all(arrivals)

    monkeypatch.setattr(door, "accept_all", choosy)
    handler = door.DoorHandler(answers_per_recipient=False)
    mails = [door._Mail(mail(words), "carla@example.org", [cast.inbox.address]) for words in ("yes", "no", "yes too")]
    handler._waiting.extend(mails)
    handler._store_waiting()
    handler._store_waiting()  # the second mail's turn finds nothing left to do
    assert [bool(one.error) for one in mails] == [False, refused == "one", False]
    assert RawMessage.objects.count() == 3 - (refused == "one")
    assert turns == ([3] if refused == "none" else [3, 1, 1, 1])
