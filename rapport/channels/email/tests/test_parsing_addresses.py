"""An address is what the grammar says, never what a name pretends."""

import pytest

from rapport.channels.email.parsing.addresses import clean_email, read_addresses
from rapport.channels.email.parsing.mail import parse_mail


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Rosa <rosa@garden.example>", [("rosa@garden.example", "Rosa")]),
        ("rosa@garden.example (Rosa Lind)", [("rosa@garden.example", "Rosa Lind")]),
        (
            '"Lind, Rosa" <Rosa@Garden.example>, tom@x.example',
            [("rosa@garden.example", "Lind, Rosa"), ("tom@x.example", "")],
        ),
        ('"evil@x.example" <rosa@garden.example>', [("rosa@garden.example", "evil@x.example")]),
        ("=?utf-8?q?evil=40x.example=3E_=3C?= <rosa@garden.example>", [("rosa@garden.example", "evil@x.example> <")]),
        ('"a \\"quoted\\" name" <rosa@garden.example>', [("rosa@garden.example", 'a "quoted" name')]),
        ('"much.more unusual"@garden.example', [('"much.more unusual"@garden.example', "")]),
        ("Friends: rosa@garden.example, Tom <tom@x.example>;", [("rosa@garden.example", ""), ("tom@x.example", "Tom")]),
        ("undisclosed-recipients:;", []),
        ("rosa@garden.example; tom@x.example", [("rosa@garden.example", ""), ("tom@x.example", "")]),
        ("<@route.example,@b.example:rosa@garden.example>", [("rosa@garden.example", "")]),
        ("Rosa (a (nested) comment) <rosa(here)@garden.example>", [("rosa@garden.example", "Rosa")]),
        ("rosa @ garden . example", [("rosa@garden.example", "")]),
        ("<rosa@garden.example", [("rosa@garden.example", "")]),
        ("rösa@gärten.example", [("rösa@gärten.example", "")]),
        ("not an address", []),
        (", ,", []),
        ("=?utf-8?q?rosa=40garden=2Eexample?=", []),
    ],
)
def test_mailboxes_of_a_header(header, expected):
    found = read_addresses([header]).addresses
    assert [(address.email, address.name) for address in found] == expected


@pytest.mark.parametrize(
    "headers",
    [
        "From: rosa@garden.example\nFrom: evil@x.example",
        "From: rosa@garden.example, evil@x.example",
        "From: Group: rosa@garden.example;",
        "From: <evil@x.example> <rosa@garden.example>",
        "From: evil@x.example <rosa@garden.example>",
        "From: =?utf-8?q?evil=40x.example?= <rosa@garden.example>",
        "From: evil@x.example rosa@garden.example",
        "Sender: rosa@garden.example",
        "From: nobody",
    ],
)
def test_a_sender_that_can_be_read_in_two_ways_is_suspicious(headers):
    assert parse_mail(f"{headers}\nSubject: x\n\nhello".encode()).suspicious_sender


@pytest.mark.parametrize(
    "header", ["Rosa <rosa@garden.example>", '"Lind, Rosa" <rosa@garden.example>', "rosa@garden.example"]
)
def test_an_honest_sender_is_not(header):
    assert not parse_mail(f"From: {header}\n\nhello".encode()).suspicious_sender


@pytest.mark.parametrize(
    "text", ["a@b\u200bc.example", "a b@c.example", "a@b@c.example", "a@", "@b", "a\n@b.example", "a@b,c"]
)
def test_what_is_no_single_address_is_none(text):
    assert clean_email(text) == ""


def test_names_lose_bidi_marks_and_line_breaks():
    address = read_addresses(["=?utf-8?q?Ro=E2=80=AEsa=0D=0A_Lind?= <rosa@garden.example>"]).addresses[0]
    assert address.name == "Rosa Lind"
