from __future__ import annotations

import subprocess
import sys

from tests.servers import ports
from tests.servers.commands import CHECKOUT

FORTY = range(31_960, 32_000)
TAKE_SOME = f"from tests.servers import ports; ports._RANGE = {FORTY!r}; print(*(ports.free_port() for _ in range(15)))"


def test_a_port_is_given_to_one_process_only(monkeypatch):
    monkeypatch.setattr(ports, "_RANGE", FORTY)
    mine = {ports.free_port() for _ in range(15)}
    done = subprocess.run([sys.executable, "-c", TAKE_SOME], capture_output=True, text=True, cwd=CHECKOUT, check=True)
    assert mine.isdisjoint(map(int, done.stdout.split()))
