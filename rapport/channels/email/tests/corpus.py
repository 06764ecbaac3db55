"""The shared mail corpora: parse every file, compare every expectation, count. Also used by `make corpora`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from rapport.channels.contract import Inbound, InboundKind
from rapport.channels.email.parsing.dates import read_date
from rapport.channels.email.parsing.mail import parse_mail
from rapport.channels.email.parsing.tnef import read_tnef
from rapport.channels.email.parsing.words import decode_words
from rapport.language.tests.corpus import Tally, rows

SOURCES = ("mikel_mail", "mail_parser", "chatwoot")
# What other libraries count about themselves and `Inbound` has no field for.
NOT_OURS = frozenset({"file", "note", "basis", "defective", "received_count"})


def measure(shared_data: Path) -> dict[str, Tally]:
    """Per source ("mikel_mail/expectations", "mimekit/tnef" ...): passed, total, misses."""
    folder = shared_data / "mail" / "parse"
    tallies = {"all/readable": Tally()}
    for path in mail_files(shared_data):
        tallies["all/readable"].count(path.name, unreadable(parse_mail(path.read_bytes())))
    for source in SOURCES:
        tally = tallies[f"{source}/expectations"] = Tally()
        for row in rows(folder / source / "expectations.jsonl"):
            inbound = parse_mail((folder / source / str(row["file"])).read_bytes())
            for name in row.keys() - NOT_OURS:
                tally.count(f"{row['file']} {name}", differs(inbound, name, row[name]))
    tallies["mikel_mail/bounces"] = _bounces(folder / "mikel_mail")
    tallies["mimekit/tnef"] = _tnef(folder / "mimekit")
    tallies["mimekit/dates"] = Tally()
    for row in rows(folder / "mimekit" / "dates.jsonl"):
        tallies["mimekit/dates"].count(str(row["input"]), _wrong(_zulu(str(row["input"])), row["expect_utc"]))
    tallies["mimekit/words"] = Tally()
    for row in rows(folder / "mimekit" / "rfc2047.jsonl"):
        tallies["mimekit/words"].count(str(row["id"]), _wrong(decode_words(str(row["input"])), row["expect"]))
    return tallies


def mail_files(shared_data: Path) -> Iterator[Path]:
    """Every mail of the corpora, the Outlook file and the bare TNEF packages too."""
    for path in sorted((shared_data / "mail").rglob("*")):
        if path.suffix in (".eml", ".msg", ".tnef") and path.is_file():
            yield path


def unreadable(inbound: Inbound) -> str | None:
    """What a step of the parser stumbled over, or None."""
    return next((problem for problem in inbound.problems if "Error" in problem or "Exception" in problem), None)


def differs(inbound: Inbound, name: str, want: Any) -> str | None:
    """What is wrong with one expected field, or None."""
    if name == "attachments_include":
        return _wrong(set(want) - {file.filename for file in inbound.attachments}, set())
    if name == "attachment_sizes":
        return _wrong({index: inbound.attachments[int(index)].size for index in want}, want)
    if name in ("from", "to", "cc", "reply_to"):
        want = [email.lower() for email in want]
    return _wrong(_FIELDS[name](inbound), want)


_FIELDS: dict[str, Callable[[Inbound], Any]] = {
    "subject": lambda inbound: inbound.subject,
    "from": lambda inbound: [inbound.sender.email] if inbound.sender else [],
    "from_name": lambda inbound: inbound.sender.name if inbound.sender else "",
    "to": lambda inbound: [address.email for address in inbound.to],
    "cc": lambda inbound: [address.email for address in inbound.cc],
    "reply_to": lambda inbound: [address.email for address in inbound.reply_to],
    "to_first": lambda inbound: inbound.to[0].email,
    "to_count": lambda inbound: len(inbound.to),
    "message_id": lambda inbound: inbound.message_id,
    "date_utc": lambda inbound: inbound.date and inbound.date.strftime("%Y-%m-%dT%H:%M:%SZ"),
    "attachments": lambda inbound: [file.filename for file in inbound.attachments],
    "attachment_count": lambda inbound: len(inbound.attachments),
    "in_reply_to": lambda inbound: inbound.in_reply_to,
    "in_reply_to_ids": lambda inbound: [inbound.in_reply_to, *inbound.references[-1:]],
}


def _bounces(folder: Path) -> Tally:
    tally = Tally()
    for row in rows(folder / "bounces.jsonl"):
        inbound = parse_mail((folder / str(row["file"])).read_bytes())
        got: dict[str, Any] = {"recipient": "", "status": "", "retryable": None}
        if inbound.kind is InboundKind.BOUNCE and inbound.bounce:
            report = inbound.bounce[0]
            got = {"recipient": report.recipient, "status": report.status, "retryable": not report.permanent}
        tally.count(f"{row['file']} kind", None if inbound.bounce else "no bounce")
        for name in got.keys() & row.keys():
            tally.count(f"{row['file']} {name}", _wrong(got[name], row[name]))
    return tally


def _tnef(folder: Path) -> Tally:
    tally = Tally()
    for row in rows(folder / "tnef.jsonl"):
        package = read_tnef((folder / str(row["file"])).read_bytes())
        if package is None:
            tally.count(str(row["file"]), "no TNEF")
            continue
        names = sorted(file.name or "Untitled Attachment" for file in package.files)
        wanted: Any = row["attachments"]
        tally.count(f"{row['file']} names", _wrong([name for name in wanted if name not in names], []))
        contents = [file.content for file in package.files] + [package.rtf, package.raw_html, package.raw_text]
        hashes = {sha256(content).hexdigest() for content in contents}
        hashes |= {sha256(content.rstrip(b"\0").replace(b"\r\n", b"\n")).hexdigest() for content in contents}
        expected: Any = row["content"]
        for file in expected:
            right = not hashes.isdisjoint({file["sha256"], file.get("sha256_lf", file["sha256"])})
            tally.count(f"{row['file']} {file['name']}", None if right else "content differs")
    return tally


def _zulu(text: str) -> str | None:
    date = read_date(text)
    return date.strftime("%Y-%m-%dT%H:%M:%SZ") if date else None


def _wrong(got: object, want: object) -> str | None:
    return None if got == want else f"want {want!r:.200}, got {got!r:.200}"
