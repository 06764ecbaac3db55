"""Where journeys and faults stand: the folder of their file, or the mark that it names.

Their runs look at no other file (tools.suite), so that a worker does not spend seconds on tests that it will not run.
"""

from __future__ import annotations

from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
STORIES_AMONG = ("tests/journeys/", "mark.browser", "mark.journey")
FAULTS_AMONG = ("tests/faults/", "mark.fault")


def is_among(path: Path, among: tuple[str, ...]) -> bool:
    """Whether the file lies in one of these folders or names one of these marks."""
    folders = tuple(one for one in among if one.endswith("/"))
    if path.relative_to(CHECKOUT).as_posix().startswith(folders):
        return True
    text = path.read_text("utf-8")
    return any(mark in text for mark in among if mark not in folders)
