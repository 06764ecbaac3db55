import pytest

from rapport.conversations.tests.cast import Cast
from rapport.files import storing
from rapport.intake.accepting import Source, accept
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
    def full(data: bytes) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(storing, "write_blob", full)
    with pytest.raises(OSError, match="No space"):
        accept(mail(), inbox=cast.inbox, source=Source("door"))
    assert not RawMessage.objects.exists()
