"""How far splitting comes on mails it knows nothing about.   python -m tests.mailwriting.measuring --misses 20"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from rapport.channels.email.parsing.mail import parse_mail
from rapport.language.tests.corpus import squeezed
from tests.mailwriting.letter import Letter
from tests.mailwriting.page import BETWEEN, BOTTOM, FORWARD, TOP
from tests.mailwriting.sampling import PROGRAMS, SEEN, TONGUES, UNSEEN, letters

_MARKS = str.maketrans("", "", "\u202a\u202b\u202c\u200e\u200f\ufeff")


@dataclass(slots=True)
class Score:
    """Mails of which the newest text came out exactly, those of which reply and signature did too, and the misses."""

    total: int = 0
    newest: int = 0
    parted: int = 0
    ways: Counter[tuple[str, bool]] = field(default_factory=Counter)
    misses: list[tuple[Letter, str]] = field(default_factory=list)

    @property
    def share(self) -> float:
        """Of all mails."""
        return self.newest / self.total

    def share_of(self, *ways: str) -> float:
        """Of mails written in one of these ways."""
        right, wrong = (sum(self.ways[way, good] for way in ways) for good in (True, False))
        return right / ((right + wrong) or 1)

    def __str__(self) -> str:
        return (
            f"answers {self.share_of(TOP, BOTTOM, BETWEEN):.1%}, forwards {self.share_of(FORWARD):.1%}, together "
            f"{self.newest} of {self.total} exact ({self.share:.1%}), "
            f"reply and signature apart in {self.parted} ({self.parted / self.total:.1%})"
        )


def measure(sample: Iterable[Letter]) -> Score:
    """Parse every mail and compare with its truth, white space aside."""
    score = Score()
    for letter in sample:
        score.total += 1
        found = parse_mail(letter.raw)
        wrong = judge(letter, found.reply_text, found.signature, found.forwarded)
        score.ways[letter.way, wrong is None] += 1
        if wrong is None:
            score.newest += 1
            score.parted += letter.way == FORWARD or bare(found.reply_text) == bare(letter.reply)
        else:
            score.misses.append((letter, wrong))
    return score


def judge(letter: Letter, reply: str, signature: str, embedded: str) -> str | None:
    """What differs, or None."""
    if letter.way == FORWARD:
        return _judge_forward(letter, reply + signature, embedded)
    got, want = bare(reply + signature), bare(letter.reply + letter.signature)
    if got == want:
        return None
    at = next((at for at, (a, b) in enumerate(zip(got, want, strict=False)) if a != b), min(len(got), len(want)))
    return f"at {at}: want {want[max(0, at - 20) : at + 50]!r} got {got[max(0, at - 20) : at + 50]!r}"


def _judge_forward(letter: Letter, whole: str, embedded: str) -> str | None:
    """The introduction stands outside of what was forwarded, and all of it is shown."""
    if not embedded:
        return "no forward found"
    introduction = bare(whole).removesuffix(bare(embedded))
    if introduction != bare(letter.reply + letter.signature):
        return f"introduction {introduction[-60:]!r}"
    if letter.part != "html" and bare(embedded) != bare(letter.embedded):
        return f"embedded {bare(embedded)[:60]!r}"
    return None


def bare(text: str) -> str:
    """The text without white space and invisible marks."""
    return squeezed(text).translate(_MARKS)


def main() -> None:
    """Print both halves and their crossings."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--misses", type=int, default=0)
    parser.add_argument("--only", choices=("seen", "unseen", "crossed"))
    chosen = parser.parse_args()
    halves = {"seen": SEEN, "unseen": UNSEEN, "crossed": (PROGRAMS, TONGUES)}
    for name, half in halves.items():
        if chosen.only and chosen.only != name:
            continue
        score = measure(letters(chosen.count, seed=chosen.seed, half=half))
        print(f"{name}: {score}")
        kinds = Counter((letter.program, letter.way, letter.part) for letter, _ in score.misses)
        tongues = Counter(letter.tongue for letter, _ in score.misses)
        if chosen.misses:
            print("  ", kinds.most_common(25))
            print("  ", tongues.most_common())
            for letter, wrong in score.misses[: chosen.misses]:
                print(f"   {letter.program} / {letter.tongue} / {letter.way} / {letter.part}: {wrong}")


if __name__ == "__main__":
    main()
