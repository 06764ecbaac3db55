"""`make defences`: take out one named defence at a time, in a copy of the tree; the named tests must go red each time.

A test counts only if it fails when what it guards is gone. A defence whose text is no longer found is an error too:
then this list must be brought up to date.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.defence import Defence
from tools.defences_mail import MAIL
from tools.defences_security import SECURITY

CHECKOUT = Path(__file__).resolve().parent.parent
IGNORED = shutil.ignore_patterns(".git", ".venv", "build", "__pycache__", ".*_cache", "docs")
TREES = ("rapport", "tests", "tools", "requirements")


DEFENCES = [
    Defence(
        "the HTML sanitiser",
        "rapport/kit/html.py",
        "clean = _IMAGE.sub(_park_image, _CLEANER.clean(seen))",
        "clean = seen",
        "rapport/kit/tests/test_html.py",
    ),
    Defence(
        "the duplicate key",
        "rapport/intake/duplicates.py",
        "return _fingerprints.first(content_key) if content_key else None",
        "return None",
        "rapport/intake/tests/test_matching.py",
    ),
    Defence(
        "bytes on disk before a name stands for them",
        "rapport/kit/durable.py",
        "        os.fsync(file.fileno())\n",
        "",
        "rapport/kit/tests/test_durable.py rapport/files/tests/test_storing.py",
    ),
    Defence(
        "the visibility query",
        "rapport/conversations/access.py",
        "    return everything.filter(of_teams(teams) | beyond_teams(account_id, teams))",
        "    return everything",
        "rapport/conversations/tests/test_access.py",
    ),
    Defence(
        "the HMAC check of references",
        "rapport/channels/email/references.py",
        "valid = ring.verify(claim.encode(), signature, purpose=_HMAC_PURPOSE)",
        "valid = True",
        "rapport/channels/email/tests/test_references.py rapport/intake/tests/test_matching.py",
    ),
    Defence(
        "the signature of file addresses",
        "rapport/files/access.py",
        "if not (good and fresh and",
        "if not (fresh and",
        "rapport/files/tests/test_attaching.py",
    ),
    Defence(
        "strangers are held inside",
        "rapport/intake/matching.py",
        "stranger = not _takes_part(home, inbound, customer)",
        "stranger = False",
        "rapport/intake/tests/test_matching.py",
    ),
    Defence(
        "an early answer is joined only by who takes part",
        "rapport/intake/matching.py",
        "home = next((home for home in homes if _takes_part(home, inbound, customer)), None)",
        "home = next(homes, None)",
        "rapport/intake/tests/test_overtaking.py",
    ),
    Defence(
        "no machine merges conversations of two teams",
        "rapport/intake/overtaking.py",
        "opened.team_id != home.team_id or ",
        "",
        "rapport/intake/tests/test_overtaking.py",
    ),
    Defence(
        "a subject joins its own customer only",
        "rapport/intake/matching.py",
        "        customer_id__in=customer_family(customer),\n        answered_message_id__gt=0,\n",
        "        answered_message_id__gt=0,\n",
        "rapport/intake/tests/test_matching.py",
    ),
    Defence(
        "codes of services are held",
        "rapport/intake/matching.py",
        "and _proves_an_address(inbound):",
        "and False:",
        "tests/security/test_identity.py",
    ),
    Defence(
        "a held mail leaves no trace in replies",
        "rapport/outbox/composing.py",
        "    rows = rows.exclude(message__state=Message.State.STRANGER).exclude(",
        "    rows = rows.exclude(",
        "tests/security/test_identity.py",
    ),
    Defence(
        "the someone-wrote check at release",
        "rapport/conversations/releasing.py",
        "            _give_back(message, conversation, since)\n            return False\n",
        "            pass\n",
        "rapport/conversations/tests/test_replying.py",
    ),
    Defence(
        "the budget for automatic mail",
        "rapport/automation/budgeting.py",
        "    if len(to_peer) >= PER_PEER_A_DAY:",
        "    return ''\n    if len(to_peer) >= PER_PEER_A_DAY:",
        "rapport/automation/tests",
    ),
    Defence(
        "no second sending of what may have been sent",
        "rapport/outbox/sending.py",
        '_note_failure(delivery, SendFailed(f"{type(error).__name__}: {error}", unknown=True))',
        '_note_failure(delivery, SendFailed(f"{type(error).__name__}: {error}"))',
        "rapport/outbox/tests",
    ),
    Defence(
        "each way out has a lane of its own",
        "rapport/outbox/lanes.py",
        "MOST = 8  #",
        "MOST = 1  #",
        "rapport/outbox/tests/test_lanes.py",
    ),
    Defence(
        "what a dead process was sending is in doubt at once",
        "rapport/outbox/retrying.py",
        " or owning.is_gone(delivery.claimed_by)",
        "",
        "rapport/outbox/tests/test_lanes.py",
    ),
    Defence(
        "a refused login judges no message",
        "rapport/channels/email/smtp.py",
        "permanent = no.code >= 500 and not about_setup",
        "permanent = no.code >= 500",
        "rapport/outbox/tests/test_lanes.py",
    ),
    Defence(
        "one transaction for all that one mail changes",
        "rapport/intake/processing.py",
        "        with transaction.atomic():\n            _store_one(ready)",
        "        if True:\n            _store_one(ready)",
        "tests/faults/test_every_step.py::test_what_the_worker_does_is_done_in_the_end_whatever_step_fails[a-new-mail]",
    ),
    Defence(
        "one transaction for mails that are stored together",
        "rapport/rows/turns.py",
        "ending.enter_context(transaction.atomic())",
        "pass",
        "rapport/intake/tests/test_grouping.py -k harms_no_other",
    ),
    Defence(
        "an undone attempt leaves nothing on an arrival",
        "rapport/intake/grouping.py",
        "                setattr(row, name, value)",
        "                pass",
        "rapport/intake/tests/test_grouping.py -k forgotten",
    ),
    Defence(
        "a machine that answers machines fills one conversation",
        "rapport/intake/processing.py",
        " or (None if blocked else home_of_echo(inbound, customer=customer))",
        "",
        "rapport/intake/tests/test_echoing.py",
    ),
    Defence(
        "a clock that goes back makes no mail wait",
        "rapport/intake/processing.py",
        " | Q(next_try_at__gt=no_try)",
        "",
        "rapport/intake/tests/test_processing.py",
    ),
    Defence(
        "only the inbox's own server vouches for senders",
        "rapport/channels/email/authenticating.py",
        "        if name != authserv_id.lower():\n            break\n",
        "",
        "rapport/channels/email/tests/test_authenticating.py",
    ),
    Defence(
        "colleagues speak by mail only when proved",
        "rapport/intake/processing.py",
        "        and sender_check == Message.Sender.AUTHENTICATED\n",
        "",
        "rapport/intake/tests/test_answering.py",
    ),
    Defence(
        "a restored copy sends nothing",
        "rapport/outbox/sending.py",
        "    if installing.is_held():",
        "    if False:",
        "rapport/outbox/tests/test_holding.py",
    ),
]


def main() -> int:
    """Exit code 1 when a defence could be taken out unnoticed, or was not found."""
    wanted = sys.argv[1:]
    bad = 0
    for defence in [*DEFENCES, *SECURITY, *MAIL]:
        if wanted and not any(word in defence.name for word in wanted):
            continue
        verdict = _try(defence)
        bad += verdict != "noticed"
        print(f"{verdict:<16} {defence.name}", flush=True)
    return 1 if bad else 0


def _try(defence: Defence) -> str:
    with tempfile.TemporaryDirectory(prefix="rapport-defences-") as place:
        tree = Path(place) / "tree"
        for name in TREES:
            shutil.copytree(CHECKOUT / name, tree / name, ignore=IGNORED)
        for name in ("pyproject.toml", "conftest.py"):
            shutil.copy2(CHECKOUT / name, tree / name)
        file = tree / defence.file
        source = file.read_text("utf-8")
        if source.count(defence.text) != 1:
            return "NOT FOUND"
        if not _passes(tree, defence):
            return "red before"
        file.write_text(source.replace(defence.text, defence.without), "utf-8")
        return "UNNOTICED" if _passes(tree, defence) else "noticed"


def _passes(tree: Path, defence: Defence) -> bool:
    """Whether the tests pass in the copy, which must run its own code and not the checkout's."""
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-x",
            "-p",
            "no:xdist",
            "-p",
            "no:cacheprovider",
            *defence.tests.split(),
        ],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.returncode not in (0, 1):
        raise SystemExit(f"pytest did not run for «{defence.name}»:\n{done.stdout.decode()[-3000:]}")
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
