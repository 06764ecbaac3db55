"""Make this checkout importable in its own .venv and write `.venv/bin/rapport`.

An editable install would do the same, but needs setuptools, which a new environment of Python 3.12 or later lacks.
Plain standard library: it runs before the dependencies are complete.
"""

from __future__ import annotations

import sys
import sysconfig
from pathlib import Path

COMMAND = """#!{python}
import sys

from rapport.config.command import main

sys.exit(main())
"""


def link(checkout: Path) -> None:
    """Write the path file and the command into the environment of the running Python."""
    site_packages = Path(sysconfig.get_path("purelib"))
    (site_packages / "rapport-checkout.pth").write_text(f"{checkout}\n")
    command = Path(sysconfig.get_path("scripts")) / "rapport"
    command.write_text(COMMAND.format(python=sys.executable))
    command.chmod(0o755)


if __name__ == "__main__":
    if sys.prefix == sys.base_prefix:
        sys.exit("link_project.py belongs to a virtual environment: run it with .venv/bin/python")
    link(Path(__file__).resolve().parent.parent)
