"""SEC-22: what anybody wrote is text in a spreadsheet, never a formula."""

from __future__ import annotations

import csv

import pytest

from rapport.kit import spreadsheets


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＠", " =", "  @"])
def test_no_cell_begins_a_formula(first):
    cell = spreadsheets.cell(f'{first}HYPERLINK("http://evil.example","x")')
    assert cell.startswith("'")
    assert "\0" not in cell


@pytest.mark.parametrize(("value", "cell"), [(None, ""), (-3, "-3"), (True, "yes"), ("Ada", "Ada"), ("'x", "''x")])
def test_what_is_no_formula_stays_as_it_is(value, cell):
    assert spreadsheets.cell(value) == cell


def test_lines_and_quotes_survive_the_way_through_a_file(tmp_path):
    path = spreadsheets.write(tmp_path / "x.csv", ["a", "b"], [["one\ntwo", 'say "hi", please']])
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [["a", "b"], ["one\ntwo", 'say "hi", please']]
