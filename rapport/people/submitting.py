"""Forms that were sent: a line that breaks before the answer has come makes people press again, and nothing may be
done twice by that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from rapport.kit import clock
from rapport.people.errors import SentMeanwhile
from rapport.people.models import Account, Submission
from rapport.rows import writing
from rapport.rows.asking import Question

# A page that somebody left open over a weekend; its session has mostly ended by then.
KEPT = timedelta(days=4)


@dataclass(frozen=True, slots=True)
class Sent:
    """A form that came before: what stood in it, what was answered, and when."""

    digest: str
    answer: str
    at: datetime


def find(account: Account, *, key: str) -> Sent | None:
    """What this account sent under this key before, if anything."""
    found = _sent.ask(account.pk, key)
    return Sent(*found[0]) if found else None


def remember(account: Account, *, key: str, digest: str, answer: str) -> None:
    """Note in the transaction of the act that it is done.

    Raises SentMeanwhile when the same form was done by another request in the meantime; it waits for that one to end.
    """
    if not writing.insert_if_new(Submission(account=account, key=key, digest=digest, answer=answer)):
        raise SentMeanwhile


def forget_old() -> int:
    """Drop what nobody will send again; how many."""
    return Submission.objects.filter(at__lt=clock.now() - KEPT).delete()[0]


_sent = Question(
    lambda account, key: Submission.objects.filter(account_id=account, key=key).values_list("digest", "answer", "at")
)
