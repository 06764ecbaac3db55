"""The same words find the same conversations on SQLite and on PostgreSQL (the suite runs on both)."""

import json
from pathlib import Path

import pytest

from rapport.search import finding, indexing
from rapport.search.engine import engine_for
from rapport.search.tokenising import terms

pytestmark = pytest.mark.django_db


def test_words_from_subject_and_text_find_the_conversation_together() -> None:
    indexing.add_to_conversation(7, "Rosen für Carla")
    indexing.add_to_conversation(7, "Lieferung am Freitag")
    assert finding.conversation_ids("carla freitag") == [7]
    assert finding.conversation_ids("carla montag") == []


def test_the_last_word_finds_by_its_beginning_and_earlier_words_only_whole() -> None:
    indexing.add_to_conversation(7, "tulip bouquet")
    assert finding.conversation_ids("tulip bouq") == [7]
    assert finding.conversation_ids("tul bouquet") == []


def test_a_beginning_of_a_hundred_words_finds_them_all_and_nothing_else() -> None:
    for number in range(1, 101):
        indexing.add_to_conversation(number, f"rose{number:03} rosa roseé")
    indexing.add_to_conversation(101, "ros rosf")
    assert finding.conversation_ids("rose", limit=200) == list(range(100, 0, -1))
    assert finding.conversation_ids("rosa rose01", limit=200) == list(range(19, 9, -1))
    assert finding.conversation_ids("rosee") == list(range(100, 0, -1))


def test_the_newest_come_first_and_pages_go_on_below_an_id() -> None:
    for number in (1, 2, 3):
        indexing.add_to_conversation(number, "roses")
    assert finding.conversation_ids("roses", limit=2) == [3, 2]
    assert finding.conversation_ids("roses", before=2, limit=2) == [1]


def test_replaced_words_are_found_no_longer_and_removed_ones_neither() -> None:
    indexing.add_to_conversation(5, "old words")
    indexing.replace_conversation(5, "new words")
    assert finding.conversation_ids("old") == []
    indexing.remove_conversation(5)
    assert finding.conversation_ids("new") == []


def test_customers_are_documents_of_their_own() -> None:
    indexing.put_customer(3, "Carla Sommer", "carla@example.org")
    assert finding.customer_ids("sommer") == [3]
    assert finding.conversation_ids("sommer") == []


def test_words_without_a_letter_or_digit_find_nothing() -> None:
    indexing.add_to_conversation(1, "anything")
    assert finding.conversation_ids("\"* -- ' OR") == []


def test_every_naughty_string_that_has_a_term_finds_its_own_conversation(shared_data: Path) -> None:
    strings = json.loads((shared_data / "security" / "blns.json").read_text())
    indexed = [(number, text) for number, text in enumerate(strings, start=1) if terms(text)]
    for number, text in indexed:
        indexing.add_to_conversation(number, text)
    missed = [text for number, text in indexed if number not in finding.conversation_ids(text, limit=10_000)]
    assert missed == []


def test_among_very_many_the_newest_are_found_whether_a_word_is_common_or_rare() -> None:
    """Spread over a thousand blocks of ids, so that each way of looking has its turn (see postgresql_engine)."""
    steps = {"alder": 4, "birch": 30, "cedar": 400, "juniper": 7, "junipers": 31, "77": 3, "7412": 29, "7413": 31}
    subjects = range(1, 1301)
    terms_of = {at * 20_011: {word for word, step in steps.items() if at % step == 0} for at in subjects}
    engine_for("conversation").replace_all(terms_of)
    for words, wanted in (
        ("alder", {"alder"}),
        ("birch", {"birch"}),
        ("cedar", {"cedar"}),
        ("junip", {"juniper", "junipers"}),
        ("74", {"7412", "7413"}),
        ("7", {"7"}),
        ("oak", set()),
    ):
        everything = [number for number, held in reversed(terms_of.items()) if held & wanted]
        for before, most in ((None, 5), (None, 120), (None, 2000), (9_000_000, 40), (20_011, 10)):
            fitting = [number for number in everything if before is None or number < before]
            assert finding.conversation_ids(words, before=before, limit=most) == fitting[:most], (words, before, most)
    both = [number for number, held in reversed(terms_of.items()) if "alder" in held and held & {"juniper", "junipers"}]
    assert finding.conversation_ids("alder juni", limit=30) == both[:30]


def test_a_new_word_of_a_known_conversation_is_found_by_its_beginning() -> None:
    indexing.add_to_conversation(7, "tulips")
    indexing.add_to_conversation(7, "tulips and peonies")
    indexing.replace_conversation(8, "peony")
    assert finding.conversation_ids("peon") == [8, 7]
