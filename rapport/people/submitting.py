"""Forms that were sent: a line that breaks before the answer has come makes people press again, and nothing may be
done twice by that."""

from __future__ import annotations

from datetime import timedelta

from rapport.kit import clock
from rapport.people.errors import SentMeanwhile
from rapport.people.models import Account, Submission
from rapport.rows import writing

# A page that somebody left open over a weekend; its session has mostly ended by then.
KEPT = timedelta(days=4)


def begin(account: Account, *, key: str, digest: str) -> tuple[Submission, bool]:
    """The row of this form, and whether it is new: then it is to be done now. Within the transaction of the act.

    Where another request is at it, this waits for its end. Raises SentMeanwhile when what that one did is not there to be
    read.
    """
    row = Submission(account=account, key=key, digest=digest)
    if writing.insert_if_new(row):
        return row, True
    found = Submission.objects.filter(account=account, key=key).first()
    if found is None:
        raise SentMeanwhile
    return found, False


def finish(row: Submission, *, answer: str) -> None:
    """Note what the browser is told."""
    row.answer = answer
    writing.update(row, "answer")


def leave(row: Submission) -> None:
    """It was not done after all: the form may be sent again."""
    row.delete()


def forget_old() -> int:
    """Drop what nobody will send again; how many."""
    return Submission.objects.filter(at__lt=clock.now() - KEPT).delete()[0]
