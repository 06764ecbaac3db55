"""The shared corpora: no fewer passes than reached when this was written, and the time limits."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from rapport.language.splitting import split_reply
from rapport.language.tests.corpus import SOURCES, measure, rows

FLOORS = {
    "crisp/exact": 52,
    "crisp/contains": 14,
    "github/exact": 20,
    "mail_parser_reply/exact": 12,
    "mail_parser_reply/contains": 33,
    "talon/exact": 88,
    "talon/contains": 1,
    "talon/signatures": 24,
}


@pytest.fixture
def reply_split(shared_data: Path) -> Path:
    """The folder of the corpora; skips where it is absent."""
    folder = shared_data / "mail" / "reply_split"
    if not folder.is_dir():
        pytest.skip("no mail/reply_split in the shared test data")
    return folder


def test_every_corpus_fares_at_least_as_well_as_before(reply_split: Path) -> None:
    tallies = measure(reply_split.parent.parent)
    assert {name: tallies[name].passed for name in FLOORS if tallies[name].passed < FLOORS[name]} == {}


def test_every_file_of_the_corpora_shows_something(reply_split: Path) -> None:
    for path in sorted(reply_split.glob("*/*/*.txt")):
        text = path.read_text("utf-8", errors="replace")
        assert split_reply(text).reply or not text.strip(), path.name


def test_the_time_limits_of_the_corpora_hold(reply_split: Path) -> None:
    for source in SOURCES:
        for row in rows(reply_split / source / "limits.jsonl"):
            text = (reply_split / source / str(row["file"])).read_text("utf-8", errors="replace")
            started = time.process_time()
            split_reply(text)
            assert time.process_time() - started < float(str(row["max_seconds"]))
