"""Old mail from files: each mail once, whatever the files are called, and nothing outward."""

from __future__ import annotations

import mailbox
from pathlib import Path

import pytest

from rapport.conversations.tests.cast import Cast
from rapport.events.models import Event
from rapport.intake import processing
from rapport.intake.errors import NothingToImport
from rapport.intake.importing import import_mail
from rapport.intake.models import RawMessage
from rapport.intake.tests.mails import mail

WORDS = ("One", "Two", "Three")


def folder(where: Path, *words: str) -> Path:
    where.mkdir()
    for number, text in enumerate(words):
        (where / f"{number}.eml").write_bytes(mail(text))
    return where


def mbox(where: Path) -> Path:
    box = mailbox.mbox(where)
    for text in WORDS:
        box.add(mail(text))
    box.close()
    return where


def maildir(where: Path) -> Path:
    box = mailbox.Maildir(where)
    for text in WORDS:
        box.add(mail(text))
    return where


@pytest.mark.parametrize("kind", ["folder", "mbox", "maildir"])
def test_each_form_is_read_whole_and_a_second_run_stores_nothing(cast: Cast, tmp_path: Path, kind: str) -> None:
    makers = {"folder": lambda where: folder(where, *WORDS), "mbox": mbox, "maildir": maildir}
    path = makers[kind](tmp_path / "old")
    first = import_mail(path, inbox=cast.inbox)
    second = import_mail(path, inbox=cast.inbox)
    assert (first.read, first.stored, first.known) == (3, 3, 0)
    assert (second.read, second.stored, second.known) == (3, 0, 3)


def test_two_archives_with_the_same_file_names_are_two(cast: Cast, tmp_path: Path) -> None:
    import_mail(folder(tmp_path / "a", "One"), inbox=cast.inbox)
    assert import_mail(folder(tmp_path / "b", "Two"), inbox=cast.inbox).stored == 1


def test_progress_counts_to_the_end(cast: Cast, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    import_mail(
        folder(tmp_path / "old", *WORDS), inbox=cast.inbox, progress=lambda done, total: seen.append((done, total))
    )
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_what_is_imported_is_history(cast: Cast, tmp_path: Path) -> None:
    import_mail(folder(tmp_path / "old", *WORDS), inbox=cast.inbox)
    processing.process_due()
    assert RawMessage.objects.filter(state="processed", historic=True).count() == 3
    received = Event.objects.filter(kind="message.received")
    assert received.count() == 3
    assert all(event.historic for event in received)


def test_a_path_without_mail_is_refused_in_words(cast: Cast, tmp_path: Path) -> None:
    with pytest.raises(NothingToImport, match="Nothing was changed"):
        import_mail(tmp_path, inbox=cast.inbox)
