"""Many browsers at once: each a process of its own with one connection, so that the asking costs next to nothing."""

from __future__ import annotations

import multiprocessing
import random
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection

from bench import report

_PATIENCE = 60.0


@dataclass(frozen=True)
class Crowd:
    """What came of it: answers a second, and how long one took (p50, p95 in milliseconds)."""

    per_second: float
    p50: float
    p95: float


def ask(port: int, cookie: str, paths: Sequence[str], *, at_once: int, seconds: float) -> Crowd:
    """Ask for random ones of the paths for so long. Raises RuntimeError when one is not answered with 200."""
    context = multiprocessing.get_context("fork")
    pipes, browsers = [], []
    for number in range(at_once):
        reading, writing = context.Pipe(duplex=False)
        browser = context.Process(target=_browse, args=(writing, port, cookie, list(paths), seconds, number))
        browser.start()
        pipes.append(reading)
        browsers.append(browser)
    told = [pipe.recv() for pipe in pipes]
    for browser in browsers:
        browser.join()
    wrong = [one for one in told if isinstance(one, str)]
    if wrong:
        raise RuntimeError(wrong[0])
    times = [taken for one in told for taken in one]
    return Crowd(len(times) / seconds, 1000 * report.percentile(times, 0.5), 1000 * report.percentile(times, 0.95))


def _browse(told: Connection, port: int, cookie: str, paths: list[str], seconds: float, seed: int) -> None:
    rng = random.Random(seed)
    asks = [_request(path, port, cookie) for path in paths]
    times: list[float] = []
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE) as line:
            end = time.perf_counter() + seconds
            while (started := time.perf_counter()) < end:
                _answer(line, rng.choice(asks))
                times.append(time.perf_counter() - started)
        told.send(times)
    except (OSError, ValueError) as error:
        told.send(f"{type(error).__name__}: {error}")


def _request(path: str, port: int, cookie: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\n\r\n".encode()


def _answer(line: socket.socket, request: bytes) -> None:
    """Send one request and take its answer whole, without looking at more of it than must be. Raises ValueError."""
    line.sendall(request)
    head, got = b"", 0
    while b"\r\n\r\n" not in head:
        piece = line.recv(262_144)
        if not piece:
            raise ValueError("the connection ended")
        head += piece
    head, _, body = head.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise ValueError(head[:300].decode("latin-1"))
    got = len(body)
    length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
    while got < length:
        got += len(line.recv(262_144))
