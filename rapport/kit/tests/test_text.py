from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.kit import text

ANY_TEXT = st.text(st.characters(exclude_categories=[]))  # lone surrogates too
ODD = st.text("a .\u200b\u202e\ufeff/\\\x00\r\n\u2028\u0301\ud800é文\U000e0041")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Zoë", "ZOE"),
        ("Straße", "STRASSE"),
        ("Łódź", "lodz"),
        ("Smørrebrød", "smorrebrod"),
        ("ﬁnance", "Finance"),
        ("ＡＢＣ１２", "abc12"),
        ("İstanbul", "istanbul"),
        ("Ἀθῆναι", "αθηναι"),
        ("Ёлка", "елка"),
        ("e\u0301", "é"),
        ("ｶﾞ", "ガ"),
        ("한국어", unicodedata.normalize("NFD", "한국어")),
        ("ǿ", "o"),
    ],
)
def test_two_spellings_of_one_word_fold_to_the_same(one, other):
    assert text.fold(one) == text.fold(other)


@pytest.mark.parametrize(("one", "other"), [("が", "か"), ("नमस्ते", "नमसत"), ("cat", "car"), ("ไม้", "ไม")])
def test_words_that_differ_stay_different(one, other):
    assert text.fold(one) != text.fold(other)


@given(ANY_TEXT)
def test_folding_twice_changes_nothing(given_text):
    assert text.fold(text.fold(given_text)) == text.fold(given_text)


def test_endless_marks_are_cut_before_they_can_cost_time():
    marked = "a" + "\u0301\u0323" * 200_000 + "b"
    assert text.fold(marked) == "ab"
    # Voicing marks are kept, so only the limit on a run protects; sorting this run unbounded takes minutes.
    voiced = "a" + "\uff9e\u094d" * 100_000
    assert len(text.fold(voiced)) < 100


@given(ODD, st.integers(0, 30))
def test_a_clean_line_is_one_storable_trimmed_line_within_its_limit(given_text, limit):
    line = text.clean_line(given_text, limit)
    assert len(line) <= limit
    assert line == line.strip()
    assert len(line.splitlines()) <= 1
    assert "\x00" not in line
    line.encode()


def test_line_breaks_cannot_smuggle_a_second_header_in():
    assert text.clean_line("Hello\r\nBcc: eve@example.com\u2028x\ty", 80) == "Hello Bcc: eve@example.com x y"


def test_a_cleaned_line_of_a_huge_text_looks_at_its_beginning_only():
    assert text.clean_line("x" * 50_000_000, 10) == "xxxxxxxxx…"


def test_a_preview_leaves_out_quote_marks_and_invisible_padding():
    assert text.preview("> > Hello\u200b\u200b\n\n>there\u202e, world", 40) == "Hello there, world"


def test_a_preview_keeps_the_joiner_of_an_emoji_family():
    assert text.preview("👩\u200d🌾 flowers", 40) == "👩\u200d🌾 flowers"


@pytest.mark.parametrize(
    ("given_text", "limit", "expected"),
    [
        ("short", 5, "short"),
        ("a longer sentence", 10, "a longer…"),
        ("abcdefghijklmnop", 8, "abcdefg…"),
        ("abc", 1, "…"),
        ("abc", 0, ""),
        ("abcde\u0301fgh", 6, "abcd…"),
    ],
)
def test_a_text_is_cut_at_a_word_and_never_inside_a_letter(given_text, limit, expected):
    assert text.truncate(given_text, limit) == expected


@given(ANY_TEXT)
def test_storable_text_can_be_encoded_and_has_no_nul(given_text):
    stored = text.storable(given_text)
    assert stored.encode().decode() == stored
    assert "\x00" not in stored
    assert len(stored) == len(given_text)


def test_what_nobody_sees_is_taken_out():
    assert text.strip_invisible("a\u200bb\u202ec\ufeffd\u00ade\u2060\u3164\U000e0041") == "abcde"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("report.pdf", "report.pdf"),
        ("", "file"),
        ("...", "file"),
        ("\u200b.htaccess", "htaccess"),
        ("․․/x", "_x"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("C:\\temp\\a.txt", "C__temp_a.txt"),
        ("ａ／ｂ.txt", "a_b.txt"),
        ("a∕b⁄c", "a_b_c"),
        ('quote".txt', "quote_.txt"),
        ("x\r\nSet-Cookie: a=b.txt", "x__Set-Cookie_ a=b.txt"),
        ("\u202egpj.exe", "gpj.exe"),
        ("a\x00.pdf", "a�.pdf"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("trailing. . ", "trailing"),
        ("café.pdf", "café.pdf"),
        ("注文書.pdf", "注文書.pdf"),
    ],
)
def test_a_file_name_is_made_safe(name, expected):
    assert text.safe_filename(name) == expected


@given(st.one_of(ODD, ANY_TEXT, ODD.map(lambda part: part * 60)))
def test_a_safe_file_name_holds_every_promise(name):
    safe = text.safe_filename(name)
    assert 0 < len(safe) <= 150
    assert len(safe.encode()) <= 255
    assert not safe.startswith(".")
    assert not set(safe) & set('/\\:\r\n\x00"')
    assert all(unicodedata.category(char) not in ("Cc", "Cf", "Cs") for char in safe)


@given(ODD)
def test_making_a_file_name_safe_twice_changes_nothing(name):
    assert text.safe_filename(text.safe_filename(name)) == text.safe_filename(name)


def test_a_long_name_keeps_its_ending():
    assert text.safe_filename("x" * 5000 + ".pdf").endswith("x.pdf")
    assert text.safe_filename("文" * 140 + ".docx").endswith("文.docx")


def test_naughty_strings_pass_through_every_function(shared_data):
    for naughty in json.loads((shared_data / "security" / "blns.json").read_text()):
        assert text.safe_filename(naughty)
        assert len(text.clean_line(naughty, 50)) <= 50
        assert text.fold(text.fold(naughty)) == text.fold(naughty)
