import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.search.tokenising import MAX_TERMS, terms


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Blumen für Grüße", ["blumen", "fur", "grusse"]),
        ("O'Brien, e-mail: x@y.example", ["o", "brien", "e", "mail", "x", "y", "example"]),
        ("花束を注文", ["花束", "束を", "を注", "注文"]),
        ("花", ["花"]),
        ("iPhone15花束", ["iphone15", "花束"]),
        ("#1042", ["1042"]),
        ("… !? —", []),
    ],
)
def test_a_text_becomes_these_terms(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


@given(st.text())
def test_terms_hold_only_letters_and_digits_so_that_no_engine_splits_them_again(text: str) -> None:
    assert all(term.isalnum() for term in terms(text))


def test_an_endless_text_gives_a_bounded_number_of_terms() -> None:
    assert len(terms("ab " * 1_000_000)) == MAX_TERMS
