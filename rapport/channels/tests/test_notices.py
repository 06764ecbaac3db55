"""Every note of a reader is told in words that can be translated."""

from __future__ import annotations

import ast
from pathlib import Path

import rapport.channels.email.parsing as parsing
from rapport.channels import notices
from rapport.channels.email.parsing import headers
from rapport.channels.email.parsing.mail import parse_mail


def notes() -> set[str]:
    """What the readers' sources hand to `problem`, with "x" for what varies."""
    found = set()
    for path in Path(parsing.__path__[0]).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "problem":
                [said] = node.args
                parts = said.values if isinstance(said, ast.JoinedStr) else [said]
                known = [str(part.value) if isinstance(part, ast.Constant) else "x" for part in parts]
                found.add("".join(known) if known != ["x"] else headers._TOO_LONG % 1)
    return found


def test_each_note_has_its_words_and_what_varies_in_it_is_told():
    assert len(notes()) > 20
    assert [note for note in notes() if notices.in_words(note) == note] == []
    assert notices.in_words("more than 1000 parts: the rest was not read").startswith("It has more than 1000 parts.")
    assert notices.in_words("something of a later version") == "something of a later version"
    assert "%" not in "".join(map(notices.in_words, notes()))


def test_what_a_reader_says_of_a_real_mail_is_among_them():
    said = parse_mail(b"Date: yesterday, perhaps\nFrom: a@example.org, b@example.org\n\nHello").problems
    assert said
    assert all(notices.in_words(note) != note for note in said)
