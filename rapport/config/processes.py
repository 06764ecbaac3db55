"""The process group of `rapport run`: imports once, forks web and worker processes, and keeps them alive.

Each child holds the reading end of a pipe whose writing end only the parent has: when the parent dies in any way, the
pipe ends and the child stops itself. So no process survives its group.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import logging
import os
import random
import select
import signal
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connections

from rapport.kit import clock

log = logging.getLogger(__name__)

STOP_SECONDS = 4.5
RESTART_SECONDS = (0.2, 1.0, 5.0)  # recovery within 10 s, whatever ended it
HEALTHY_SECONDS = 60.0
_M_ARENA_MAX = -8  # malloc.h
_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD)


@dataclass
class Child:
    """One process of the group. `failures` in a row decide how long it waits before it is started again."""

    name: str
    run: Callable[[], None]
    pid: int = 0
    started: float = 0.0
    failures: int = 0
    start_at: float = 0.0


def name_process(name: str) -> None:
    """Show `name` in ps and /proc/<pid>/comm, where the system has such a thing."""
    with contextlib.suppress(OSError):
        Path("/proc/self/comm").write_text(name[:15])


def share_memory_among_threads() -> None:
    """Let all threads of this process, and of those forked from it, take memory from two places.

    glibc opens up to eight for each core, and what a thread gives back into its own no other uses; a worker has a
    dozen threads. Where the system's library has no such setting (mallopt(3)), nothing happens.
    """
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 2)


class Group:
    """Forks the children, restarts those that end, and stops all of them together."""

    def __init__(self, children: list[Child], announce: Callable[[], None] = lambda: None) -> None:
        self._children = children
        self._announce = announce
        self._alive_read, self._alive_write = os.pipe()
        self._signal_read, self._signal_write = os.pipe()
        self._stopping = False

    def run(self) -> int:
        """Supervise until SIGTERM or SIGINT; the exit code."""
        os.set_blocking(self._signal_write, False)
        os.set_blocking(self._signal_read, False)
        signal.set_wakeup_fd(self._signal_write, warn_on_full_buffer=False)
        for number in _SIGNALS:
            signal.signal(number, self._note)
        share_memory_among_threads()
        gc.collect()
        gc.freeze()
        gc.enable()
        for child in self._children:
            self._fork(child)
        self._announce()
        while not self._stopping:
            self._restart_due()
            select.select([self._signal_read], [], [], self._seconds_to_next_start())
            self._drain()
            self._reap()
        return self._stop_all()

    def _note(self, number: int, frame: object) -> None:
        if number != signal.SIGCHLD:
            self._stopping = True

    def _fork(self, child: Child) -> None:
        child.started = clock.monotonic()
        pid = os.fork()
        if pid:
            child.pid = pid
            return
        code = 1
        try:
            self._enter_child(child)
            child.run()
            code = 0
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 1
        except BaseException:
            log.exception("The %s process failed", child.name)
        finally:
            # Not sys.exit: the parent's own clean-ups must not run a second time here.
            logging.shutdown()
            os._exit(code)

    def _enter_child(self, child: Child) -> None:
        name_process(f"rapport-{child.name.split()[0]}")
        signal.set_wakeup_fd(-1)
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        # Ctrl-C reaches the whole group; the parent alone decides and says SIGTERM.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for handle in (self._alive_write, self._signal_read, self._signal_write):
            os.close(handle)
        random.seed()
        threading.Thread(target=_end_with_parent, args=(self._alive_read,), name="parent", daemon=True).start()

    def _restart_due(self) -> None:
        now = clock.monotonic()
        for child in self._children:
            if not child.pid and child.start_at <= now:
                self._fork(child)

    def _seconds_to_next_start(self) -> float:
        waiting = [child.start_at - clock.monotonic() for child in self._children if not child.pid]
        return max(0.0, min(waiting, default=60.0))

    def _drain(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while os.read(self._signal_read, 512):
                pass

    def _reap(self) -> None:
        for child in self._children:
            if not child.pid or os.waitpid(child.pid, os.WNOHANG)[0] == 0:
                continue
            now = clock.monotonic()
            child.pid = 0
            child.failures = 0 if now - child.started > HEALTHY_SECONDS else child.failures
            pause = RESTART_SECONDS[min(child.failures, len(RESTART_SECONDS) - 1)]
            child.failures += 1
            child.start_at = now + pause
            if not self._stopping:
                log.error("The %s process ended and starts again in %s s", child.name, pause)

    def _stop_all(self) -> int:
        self._signal_all(signal.SIGTERM)
        deadline = clock.monotonic() + STOP_SECONDS
        while any(child.pid for child in self._children) and clock.monotonic() < deadline:
            select.select([self._signal_read], [], [], 0.1)
            self._drain()
            self._reap()
        self._signal_all(signal.SIGKILL)
        return 0

    def _signal_all(self, number: signal.Signals) -> None:
        for child in self._children:
            if child.pid:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child.pid, number)


def open_listening_socket(host: str, port: int) -> socket.socket:
    """The socket all web processes accept from. Raises OSError when the address is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named, asyncio sends small answers at once; otherwise each would wait 40 ms for the next.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((host, port))
    listening.listen(2048)
    listening.setblocking(False)
    return listening


def web_children(listening: socket.socket, count: int) -> list[Child]:
    """The processes that answer pages."""
    from rapport.config import serving

    return [Child(f"web {number + 1}", lambda: serving.serve(listening)) for number in range(count)]


def worker_child() -> Child:
    """The process that does everything else."""
    from rapport.config import worker

    return Child("worker", worker.run_worker)


def load_everything() -> None:
    """Import what the children share, so that it lies in memory once; then let go of the database."""
    from django.template import engines
    from django.urls import get_resolver

    from rapport.config import asgi, preloading

    preloading.load_worker_modules()
    _ = (asgi.application, get_resolver().url_patterns, engines.all())
    connections.close_all()


def web_process_count() -> int:
    """How many web processes the operator wants."""
    return int(settings.ENVIRONMENT.web_processes)


def _end_with_parent(alive: int) -> None:
    """Wait until the parent is gone, then stop like on SIGTERM, and hard if that takes too long."""
    while not select.select([alive], [], [])[0] or os.read(alive, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(STOP_SECONDS)
    os._exit(1)
