"""Bounces of every dialect, automatic answers and reports are told from what people write."""

import json
from pathlib import Path

import pytest

from rapport.channels.contract import InboundKind
from rapport.channels.email.parsing.mail import parse_mail

DATA = Path(__file__).parent / "data"


def told(folder: str) -> list[dict]:
    return [json.loads(line) for line in (DATA / folder / "expectations.jsonl").read_text("utf-8").splitlines()]


@pytest.mark.parametrize("row", told("bounces"), ids=lambda row: row["file"])
def test_a_bounce_says_for_whom_and_whether_for_good(row):
    inbound = parse_mail((DATA / "bounces" / row["file"]).read_bytes())
    assert inbound.kind is InboundKind.BOUNCE
    assert [report.recipient for report in inbound.bounce] == row["recipients"]
    assert {report.permanent for report in inbound.bounce} == {row["permanent"]}
    first = inbound.bounce[0]
    assert (first.status, first.code) == (row.get("status", first.status), row.get("code", first.code))
    assert inbound.returned_message_id == row.get("returned", inbound.returned_message_id)


@pytest.mark.parametrize("row", told("kinds"), ids=lambda row: row["file"])
def test_machines_are_told_from_people(row):
    assert parse_mail((DATA / "kinds" / row["file"]).read_bytes()).kind == row["kind"]


def test_a_newsletter_is_bulk_and_a_letter_is_not():
    assert parse_mail((DATA / "kinds" / "newsletter.eml").read_bytes()).bulk
    assert not parse_mail((DATA / "kinds" / "says_no.eml").read_bytes()).bulk


def test_a_bounce_somebody_attached_is_not_a_bounce_to_us():
    bounce = (DATA / "bounces" / "report_delayed.eml").read_bytes()
    head = b"From: rosa@garden.example\nSubject: what is this?\nContent-Type: multipart/mixed; boundary=outer\n\n"
    raw = head + b"--outer\n\nsee\n--outer\nContent-Type: message/rfc822\n\n" + bounce + b"\n--outer--\n"
    assert parse_mail(raw).kind is InboundKind.NORMAL
