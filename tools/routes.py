"""An address without a line in the matrix of rights (tests/security/permissions.py) is a red build."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tools.project import Finding

MATRIX = Path("tests/security/permissions.py")
# Run apart: Django can be set up once in a process, and needs a data folder, which must not be the operator's.
PROGRAM = """
import json, django
django.setup()
from tests.security import permissions
from tests.security.routes import every_route
declared, there = {row.pattern for row in permissions.rows()}, set(every_route())
print(json.dumps([sorted(there - declared), sorted(declared - there)]))
"""


def find(root: Path) -> list[Finding]:
    """Every address of the router that the matrix lacks, and every line of the matrix without an address."""
    if not (root / MATRIX).exists():
        return []
    settings = {"RAPPORT_HOME": str(root / "build" / "check"), "DJANGO_SETTINGS_MODULE": "rapport.config.settings"}
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    command = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(command, cwd=root, env={**kept, **settings}, capture_output=True, text=True, check=False)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        return [Finding(MATRIX, 1, f"the router cannot be compared: {reason}")]
    undeclared, gone = json.loads(done.stdout)
    return [
        *(Finding(MATRIX, 1, f"say who may do what at {pattern!r}: the router has it") for pattern in undeclared),
        *(Finding(MATRIX, 1, f"take out {pattern!r}: the router has it no more") for pattern in gone),
    ]
