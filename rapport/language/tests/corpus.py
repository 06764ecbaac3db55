"""The shared reply-splitting corpora: load every expectation, split, count. Also used by `make corpora`."""

from __future__ import annotations

import email
import email.policy
import json
from dataclasses import dataclass, field
from pathlib import Path

from rapport.language.html_splitting import split_html
from rapport.language.splitting import SplitReply, split_reply

SOURCES = ("crisp", "github", "mail_parser_reply", "talon")


@dataclass(slots=True)
class Tally:
    """How one kind of expectation of one source fared; `misses` names each with a reason."""

    passed: int = 0
    total: int = 0
    misses: list[str] = field(default_factory=list)

    def count(self, name: str, wrong: str | None) -> None:
        """Count one expectation; `wrong` says what differs, or None."""
        self.total += 1
        if wrong is None:
            self.passed += 1
        else:
            self.misses.append(f"{name}: {wrong}")


def measure(shared_data: Path) -> dict[str, Tally]:
    """Per source and kind ("talon/exact", "crisp/contains", "talon/signatures"): passed, total, misses."""
    tallies: dict[str, Tally] = {}
    for source in SOURCES:
        folder = shared_data / "mail" / "reply_split" / source
        for kind, file, judge in (
            ("exact", "expectations.jsonl", judge_reply),
            ("contains", "contains.jsonl", judge_fragments),
            ("signatures", "signatures.jsonl", judge_signature),
        ):
            for row in rows(folder / file):
                tally = tallies.setdefault(f"{source}/{kind}", Tally())
                tally.count(str(row["file"]), judge(split_file(folder / str(row["file"])), row))
    return tallies


def rows(path: Path) -> list[dict[str, object]]:
    """The objects of a .jsonl file; none where the file is absent."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def split_file(path: Path) -> SplitReply:
    """Split a text file, the visible text of an HTML file, or the first text part of an .eml file."""
    raw = path.read_bytes()
    if path.suffix == ".html":
        return split_html(raw.decode("utf-8", "replace"))
    if path.suffix == ".eml":
        message = email.message_from_bytes(raw, policy=email.policy.default)
        part = message.get_body(("plain",))
        return split_reply(part.get_content() if part else "")
    return split_reply(raw.decode("utf-8", "replace"))


def squeezed(text: str) -> str:
    """The text without any white space."""
    return "".join(text.split())


def judge_reply(split: SplitReply, row: dict[str, object]) -> str | None:
    """Compare the newest text, white space ignored; with the signature where the source keeps it."""
    got = split.reply + split.signature if row["signature"] == "kept" else split.reply
    want = str(row["reply"])
    return None if squeezed(got) == squeezed(want) else f"want {want[-120:]!r}, got {got[-120:]!r}"


def judge_fragments(split: SplitReply, row: dict[str, object]) -> str | None:
    """Strings that must and must not be in the reply, and those that must be in the signature."""
    reply, signature = squeezed(split.reply), squeezed(split.signature)
    for key, place, present in (
        ("contains", reply, True),
        ("not_contains", reply, False),
        ("signature_contains", signature, True),
    ):
        for fragment in _strings(row.get(key)):
            if (squeezed(fragment) in place) is not present:
                return f"{key} {fragment!r}"
    return None


def judge_signature(split: SplitReply, row: dict[str, object]) -> str | None:
    """Compare reply and signature, white space ignored."""
    if squeezed(split.reply) != squeezed(str(row["reply"])):
        return f"reply ends {split.reply[-80:]!r}"
    want = str(row["signature"] or "")
    return None if squeezed(split.signature) == squeezed(want) else f"signature {split.signature!r}"


def _strings(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []
