"""The oracle: tokens at the source against tokens in the database, and the threads they truly belong to."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from bench.corpus import Mail
from tests.faults import installation
from tests.servers.product import Product

_PARKED = "SELECT sha256 FROM intake_rawmessage WHERE state = 'parked'"
_VISIBLE = "SELECT conversation_id, text FROM conversations_message WHERE kind = 'customer'"


@dataclass(slots=True)
class Verdict:
    """Tokens that are in no message, in more than one, or in another conversation than the rest of their thread.

    `parked`: in no message, but shown with the raw file as something nobody could read.
    """

    lost: list[str] = field(default_factory=list)
    parked: list[str] = field(default_factory=list)
    duplicated: list[str] = field(default_factory=list)
    wrong_thread: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.parked or self.duplicated or self.wrong_thread)

    def __str__(self) -> str:
        parked = f", parked {len(self.parked)}" if self.parked else ""
        return (
            f"lost {len(self.lost)}, duplicated {len(self.duplicated)}, wrong thread {len(self.wrong_thread)}{parked}"
        )


def judge(sent: Sequence[Mail], product: Product) -> Verdict:
    """Compare what was sent with what the installation shows."""
    parked = {
        token for (digest,) in installation.rows(product, _PARKED) for token in installation.tokens_in(product, digest)
    }
    return compare(sent, installation.rows(product, _VISIBLE), parked)


def compare(sent: Sequence[Mail], messages: Iterable[tuple[int, str]], parked: Collection[str] = ()) -> Verdict:
    """Compare mails with (conversation, text) of every visible message of a customer, and with tokens of parked mails."""
    homes: defaultdict[str, list[int]] = defaultdict(list)
    for conversation, text in messages:
        for token in installation.TOKEN.findall(text):
            homes[token].append(conversation)
    first = {mail.thread: homes[mail.thread][0] for mail in sent if homes[mail.thread]}
    shared = Counter(first.values())
    verdict = Verdict()
    for mail in sent:
        found = homes[mail.token]
        if not found:
            (verdict.parked if mail.token in parked else verdict.lost).append(mail.token)
        elif len(found) > 1:
            verdict.duplicated.append(mail.token)
        elif found[0] != first.get(mail.thread) or shared[found[0]] > 1:
            verdict.wrong_thread.append(mail.token)
    return verdict
