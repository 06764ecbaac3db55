"""`rapport check`: the doctor of the whole installation."""

from __future__ import annotations

import argparse
import json


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """--offline, --json, --recount."""
    parser.add_argument("--offline", action="store_true", help="reach no mail server")
    parser.add_argument("--recount", action="store_true", help="first count anew what stands beside the views")
    parser.add_argument("--json", action="store_true", help="one JSON object a line: grade, what, cure")


def execute(arguments: argparse.Namespace) -> int:
    """Print one line for each thing looked at; 1 when Rapport cannot work like this."""
    from rapport.config import starting

    starting.start_django()
    from rapport.config import checking

    if arguments.recount:
        from rapport.conversations import counting

        counting.recount()
    is_fatal = False
    for finding in checking.examine(offline=arguments.offline):
        is_fatal = is_fatal or finding.is_fatal
        if arguments.json:
            starting.say(json.dumps({"grade": finding.grade, "what": finding.what, "cure": finding.cure}))
        else:
            mark = "FAIL" if finding.grade == "fail" else finding.grade.ljust(4)
            starting.say(f"{mark}  {finding.what}." + (f" {finding.cure}" if finding.cure else ""))
    return 1 if is_fatal else 0
