"""The starter of the product, tried on a small program that answers, forks and remembers."""

from __future__ import annotations

import sys
import urllib.request

import pytest

from tests.servers import product as product_module
from tests.servers.ports import wait_until
from tests.servers.product import Product

PROGRAM = """
import http.server, os, subprocess, sys
from pathlib import Path
home = Path(os.environ["RAPPORT_HOME"])
with (home / "starts").open("a") as starts:
    starts.write("x")
if "refuse" in sys.argv:
    sys.exit("RAPPORT_PORT: no")
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)", "worker"])
print("hello from", sys.argv[1:], flush=True)

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write((home / "starts").read_bytes())
    def log_message(self, *_):
        pass

try:
    http.server.HTTPServer(("127.0.0.1", int(os.environ["RAPPORT_PORT"])), Handler).serve_forever()
except KeyboardInterrupt:
    child.kill()
"""


@pytest.fixture
def small(monkeypatch, tmp_path):
    monkeypatch.setattr(product_module, "COMMAND", [sys.executable, "-c", PROGRAM])
    product = Product.new(tmp_path)
    yield product
    product.remove()


def starts(product):
    return urllib.request.urlopen(f"{product.url}/health/").read()


def test_starts_answers_and_stops_cleanly(small):
    small.start()
    assert starts(small) == b"x"
    assert "hello from ['run']" in small.log()
    assert small.stop() == 0
    assert small.processes() == []


def test_a_restart_keeps_the_data(small):
    small.start()
    small.restart()
    assert starts(small) == b"xx"


def test_one_process_dies_without_warning(small):
    small.start()
    parent, child = small.processes()
    assert small.kill("600) worker") == child.pid
    assert parent.pid in [process.pid for process in small.processes()]
    with pytest.raises(LookupError, match="nonsense"):
        small.kill("nonsense")


def test_everything_dies_at_once(small):
    small.start()
    pids = {process.pid for process in small.processes()}
    small.kill_all()
    alive = product_module._all_processes
    wait_until(lambda: not pids & {p.pid for p in alive() if p.title}, what="every process ending")
    small.start()
    assert starts(small) == b"xx"


def test_a_refusal_to_start_shows_the_log(small):
    small.arguments = ("run", "refuse")
    with pytest.raises(RuntimeError, match="RAPPORT_PORT: no"):
        small.start()


def test_the_tests_own_settings_do_not_leak_in(small, monkeypatch):
    monkeypatch.setenv("RAPPORT_LOG_LEVEL", "DEBUG")
    assert "RAPPORT_LOG_LEVEL" not in small.environment
    assert small.environment["RAPPORT_HOME"] == str(small.folder / "home")
