"""Tables as people save them."""

from __future__ import annotations

import pytest

from rapport.kit import csv_reading
from rapport.kit.csv_reading import NotATable


@pytest.mark.parametrize(
    ("raw", "charset", "delimiter"),
    [
        (b"name,mail\nM\xc3\xbcller,a@b.example\n", "utf-8", ","),
        (b"\xef\xbb\xbfname;mail\r\nM\xc3\xbcller;a@b.example\r\n", "utf-8-sig", ";"),
        ("name\tmail\nMüller\ta@b.example\n".encode("utf-16"), "utf-16", "\t"),
        (b"name|mail\nM\xfcller|a@b.example", "cp1252", "|"),
        (b'name,"a;b;c"\nM\xc3\xbcller,x\n', "utf-8", ","),
    ],
)
def test_charset_and_delimiter_are_found_out(tmp_path, raw, charset, delimiter):
    path = tmp_path / "table.csv"
    path.write_bytes(raw)
    shape = csv_reading.look_at(path)
    assert (shape.charset, shape.delimiter, shape.header[0]) == (charset, delimiter, "name")
    assert next(csv_reading.rows(path, shape)).cells[0] == "Müller"


def test_rows_keep_their_line_numbers_over_breaks_and_blanks(tmp_path):
    path = tmp_path / "table.csv"
    path.write_bytes(b'name,note\n\nAnn,"two\nlines"\n,,\nBo\0b,x\n' + b"c," + b"y" * 30_000 + b"\nd,z\n")
    found = list(csv_reading.rows(path, csv_reading.look_at(path)))
    assert [(row.number, row.cells, row.problem) for row in found] == [
        (4, ["Ann", "two\nlines"], ""),
        (6, ["Bob", "x"], ""),
        (7, [], "too long"),
        (8, ["d", "z"], ""),
    ]


@pytest.mark.parametrize("raw", [b"", b"\n\n", b"PK\x03\x04rest", b"%PDF-1.7", b"," * 500])
def test_what_is_no_table_is_refused(tmp_path, raw):
    path = tmp_path / "table.csv"
    path.write_bytes(raw)
    with pytest.raises(NotATable):
        csv_reading.look_at(path)


def test_any_bytes_are_read_to_their_end(tmp_path):
    path = tmp_path / "table.csv"
    path.write_bytes(b'a,b\n"open quote,\n' + bytes(range(256)) * 50)
    assert sum(1 for _row in csv_reading.rows(path, csv_reading.look_at(path))) >= 1
