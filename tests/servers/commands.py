"""How tests start the product's programs: the command, where it runs, and all it finds in its environment."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tests.servers.certificates import trusted

CHECKOUT = Path(__file__).resolve().parent.parent.parent
# Not .venv/bin/rapport: a copied tree must start its own code.
COMMAND = [sys.executable, "-c", "import sys; from rapport.config.command import main; sys.exit(main())"]
HARMLESS_TOKENS = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ", "VIRTUAL_ENV")


def environment(settings: dict[str, str]) -> dict[str, str]:
    """Nothing of the tests' own settings but these; it trusts our certificates."""
    kept = {name: os.environ[name] for name in HARMLESS_TOKENS if name in os.environ}
    return {**kept, "SSL_CERT_FILE": str(trusted().authority), "PYTHONUNBUFFERED": "1", **settings}
