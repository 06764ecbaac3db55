"""Where things are: which files are ours, which are tests, which are templates."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
NOT_OURS = {"vendor", "node_modules", "__pycache__", ".venv", "data", "build"}


@dataclass(frozen=True)
class Finding:
    """One place where a rule of the house is broken, with what to do about it."""

    path: Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


def files(root: Path, pattern: str, *folders: str) -> Iterator[Path]:
    """Our files that match the pattern below the folders, in order, relative to `root`."""
    for folder in folders:
        for path in sorted((root / folder).rglob(pattern)):
            relative = path.relative_to(root)
            if path.is_file() and not NOT_OURS.intersection(relative.parts):
                yield relative


def is_test(path: Path) -> bool:
    """Whether the file is a test, a stand-in, or serves tests only."""
    return "tests" in path.parts or path.name == "conftest.py"


def product_python(root: Path) -> list[Path]:
    """Our Python that budgets count: neither tests nor migrations."""
    found = [*files(root, "*.py", "rapport", "tools", "bench")]
    return [path for path in found if not is_test(path) and "migrations" not in path.parts]


def test_python(root: Path) -> list[Path]:
    """Our tests and stand-ins."""
    found = [*files(root, "*.py", "rapport", "tools", "bench", "tests")]
    return [path for path in found if is_test(path)]


def templates(root: Path) -> list[Path]:
    """Every HTML template of the product."""
    return [path for path in files(root, "*.html", "rapport") if {"templates", "package_templates"} & set(path.parts)]


def tracked(root: Path) -> list[Path]:
    """What a commit would hold: tracked files and new ones that are not ignored."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout.split("\0")
    return [Path(name) for name in sorted(filter(None, names)) if (root / name).is_file()]
