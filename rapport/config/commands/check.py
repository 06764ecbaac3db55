"""`rapport check`: the doctor."""

from __future__ import annotations

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """It takes none."""


def execute(arguments: argparse.Namespace) -> int:
    """Print one line for each thing looked at; 1 when Rapport cannot work like this."""
    from rapport.config import starting

    starting.start_django()
    from rapport.config import checking

    findings = []
    for finding in checking.examine():
        findings.append(finding)
        mark = "ok  " if not finding.cure else "FAIL" if finding.is_fatal else "look"
        starting.say(f"{mark}  {finding.what}." + (f" {finding.cure}" if finding.cure else ""))
    return 1 if any(finding.is_fatal for finding in findings) else 0
