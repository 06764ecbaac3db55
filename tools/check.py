"""The rules of the house that no off-the-shelf linter knows; the last step of `make check`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from tools import budgets, built_sql, catalogues, faces, places, routes, untranslated
from tools.project import CHECKOUT, Finding

CHECKS: dict[str, Callable[[Path], list[Finding]]] = {
    "budgets": budgets.find,
    "fetch and permit in one call": faces.find,
    "every address in the matrix of rights": routes.find,
    "no SQL built from strings": built_sql.find,
    "no registry, machine path or vague name": places.find,
    "every string is translated": untranslated.find,
    "every catalogue is complete and keeps its values": catalogues.find,
}


def main(root: Path = CHECKOUT) -> int:
    """Print every finding, then the figures; 1 if anything was found."""
    total = 0
    for title, check in CHECKS.items():
        findings = check(root)
        total += len(findings)
        print(f"{title}: {'ok' if not findings else len(findings)}")
        for finding in findings:
            print(f"  {finding}")
    print(budgets.report(root))
    return 1 if total else 0


if __name__ == "__main__":
    sys.exit(main())
