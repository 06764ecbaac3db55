"""The process group: one command starts it, nothing survives it, what dies comes back."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from rapport.config import processes
from tests.servers.ports import wait_until

GROUP = """
import os, signal, sys, time
from rapport.config.processes import Child, Group

def child(name):
    def run():
        open(f"{sys.argv[1]}/{name}-{os.getpid()}", "w").close()
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0)) if name != "stubborn" else signal.signal(signal.SIGTERM, signal.SIG_IGN)
        while True:
            time.sleep(0.05)
    return run

sys.exit(Group([Child(name, child(name)) for name in sys.argv[2:]], announce=lambda: print("ready", flush=True)).run())
"""


@pytest.fixture
def start(tmp_path):
    started = []

    def run(*names: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", GROUP, str(tmp_path), *names]
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "rapport.config.settings"}
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        wait_until(lambda: len(pids(tmp_path)) == len(names), seconds=10, what="the children")
        return process

    yield run
    for process in started:
        process.kill()
        process.wait()


def pids(folder: Path, name: str = "") -> list[int]:
    return [int(path.name.rpartition("-")[2]) for path in folder.glob(f"{name}*-*")]


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except OSError:
        return False


def eventually(condition: Callable[[], bool], what: str) -> None:
    wait_until(condition, seconds=12, what=what)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_group_stops_cleanly_when_it_is_told_to(start, tmp_path, number):
    group = start("web", "worker")
    group.send_signal(number)
    assert group.wait(10) == 0
    assert not any(lives(pid) for pid in pids(tmp_path))


def test_a_child_that_will_not_stop_is_stopped(start, tmp_path):
    group = start("stubborn")
    group.send_signal(signal.SIGTERM)
    assert group.wait(10) == 0
    eventually(lambda: not any(lives(pid) for pid in pids(tmp_path)), "the stubborn child's end")


def test_nobody_survives_the_sudden_death_of_the_parent(start, tmp_path):
    group = start("web", "stubborn")
    group.kill()
    group.wait()
    eventually(lambda: not any(lives(pid) for pid in pids(tmp_path)), "the orphans' end")


def test_a_child_that_dies_is_started_again_and_the_other_goes_on(start, tmp_path):
    start("web", "worker")
    (web,), (worker,) = pids(tmp_path, "web"), pids(tmp_path, "worker")
    os.kill(worker, signal.SIGKILL)
    eventually(lambda: len(pids(tmp_path, "worker")) == 2, "the new worker")
    assert lives(web)
    assert pids(tmp_path, "web") == [web]


def test_a_taken_address_is_said_in_a_sentence(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings = {"RAPPORT_HOME": str(tmp_path), "RAPPORT_PORT": str(taken.getsockname()[1])}
        done = rapport("run", settings=settings)
    assert done.returncode == 2
    assert "set RAPPORT_PORT" in done.stderr
    assert "Traceback" not in done.stderr


def test_settings_that_cannot_be_used_are_said_in_sentences(tmp_path):
    done = rapport("run", settings={"RAPPORT_HOME": str(tmp_path), "RAPPORT_PORT": "eighty"})
    assert done.returncode == 2
    assert "RAPPORT_PORT" in done.stderr
    assert "Traceback" not in done.stderr


def rapport(*arguments: str, settings: dict[str, str], given: bytes = b"") -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-c",
        "import sys; from rapport.config.command import main; sys.exit(main())",
        *arguments,
    ]
    environment = {"PATH": os.environ["PATH"], **settings}
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=60, check=False, cwd=Path(__file__).parents[3]
    )


def test_the_pauses_before_a_restart_grow():
    assert list(processes.RESTART_SECONDS) == sorted(processes.RESTART_SECONDS)
    assert processes.RESTART_SECONDS[0] < 1


def test_small_answers_leave_at_once():
    listening = processes.open_listening_socket("127.0.0.1", 0)
    assert listening.proto == socket.IPPROTO_TCP, "without it asyncio leaves Nagle's algorithm on"
    listening.close()


class TestTheWholeProduct:
    """`rapport run` as a person starts it."""

    def test_it_answers_and_its_loops_are_alive(self, product):
        wait_until(lambda: b'"status": "ok"' in fetch(product.url + "/health/"), seconds=20, what="all loops")

    def test_it_stops_on_ctrl_c_and_leaves_no_process(self, product):
        everyone = [process.pid for process in product.processes()]
        assert product.stop(seconds=15) == 0
        assert not any(lives(pid) for pid in everyone)

    def test_it_stops_while_a_live_stream_is_open(self, product):
        with socket.create_connection(("127.0.0.1", product.port)) as client:
            client.sendall(b"GET /health/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            client.recv(100)
            assert product.stop() == 0

    def test_no_process_survives_the_kill_of_its_parent(self, product):
        first, *others = product.processes()
        assert len(others) >= 2
        os.kill(first.pid, signal.SIGKILL)
        eventually(lambda: not any(lives(process.pid) for process in others), "the orphans' end")

    def test_a_killed_worker_comes_back(self, product):
        gone = product.kill("rapport-worker")
        eventually(
            lambda: any("rapport-worker" in each.title and each.pid != gone for each in product.processes()),
            "the new worker",
        )


def fetch(url: str) -> bytes:
    import urllib.request

    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read()
