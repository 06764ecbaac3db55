"""What a tracked file must not name: a package registry, or a place of the machine it was written on."""

from __future__ import annotations

import re
from pathlib import Path

from tools.project import Finding, tracked

# Written with brackets so that this file does not name what it looks for.
REGISTRIES = re.compile(
    r"py[p]i\.(org|python)|pythonhos[t]ed|registry\.n[p]mjs|registry\.y[a]rnpkg|deb\.deb[i]an|proxy\.gola[n]g|"
    r"static\.cra[t]es\.io|/opt/py[p]i|(?<!\w)--(extra-)?index-u[r]l[= ]|--find-lin[k]s[= ]|--trusted-hos[t]"
)
MACHINE = re.compile(
    r"(?<![\w.])/(roo[t]|wor[k]|far[m]|opt/whee[l]s|tmp/rappor[t])/|(?<![\w.])/(hom[e]|User[s])/[a-z]\w*/"
)
VAGUE = re.compile(r"^_?(utils?|helpers?|services?|managers?|misc|common)(\..*)?$")

# Files whose matches are data and not ours to change, with the reason.
ALLOWED: dict[str, str] = {}


def find(root: Path) -> list[Finding]:
    """Registry hosts and machine paths in text files, and file names that say nothing."""
    findings = []
    for path in tracked(root):
        if any(VAGUE.match(part) for part in path.parts):
            findings.append(Finding(path, 1, "the name says nothing about what is inside: name it by what it can do"))
        if str(path) not in ALLOWED:
            findings += _in_text(root, path)
    return findings


def _in_text(root: Path, path: Path) -> list[Finding]:
    try:
        lines = (root / path).read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        return []
    findings = []
    for number, line in enumerate(lines, 1):
        if REGISTRIES.search(line):
            findings.append(Finding(path, number, "names a package registry: say where by its client's defaults"))
        if MACHINE.search(line):
            findings.append(Finding(path, number, "names a path of one machine: make it relative or configurable"))
    return findings
