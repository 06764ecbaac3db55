"""Slow, rude and lying clients at a real socket, while somebody else wants a page."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
import uvicorn
from django.http import HttpResponse

from rapport.config import bridge as bridges
from rapport.config.bridge import Bridge
from rapport.config.patience import PatientProtocol
from rapport.config.serving import Server
from rapport.config.spooling import Limits
from rapport.ui.handoff import FileHandOff, LiveHandOff, MadeHandOff

BIG = 3 * 1024 * 1024


class Pages:
    """A WSGI application of four pages, and what it was asked."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "big"
        self.file.write_bytes(bytes(range(256)) * (BIG // 256))
        self.asked: list[dict] = []
        self.bodies: list[bytes] = []
        self.making, self.goes_on = threading.Event(), threading.Event()

    def __call__(self, environ, start_response):
        self.asked.append(environ)
        self.bodies.append(environ["wsgi.input"].read())
        response = self._response(environ["PATH_INFO"])
        start_response(f"{response.status_code} X", list(response.items()))
        return response

    def _make(self, path):
        self.making.set()
        self.goes_on.wait(20)
        return self.file if path == "/made" else None

    def _response(self, path):
        if path == "/file":
            return FileHandOff(self.file, content_type="application/octet-stream")
        if path in ("/made", "/nothing"):
            return MadeHandOff(lambda: self._make(path), content_type="image/webp", headers={"X-Kept": "yes"})
        if path == "/live":
            return LiveHandOff(7, 1, None)
        if path == "/evil":
            response = HttpResponse("x")
            response.headers._store["x-evil"] = ("X-Evil", "a\r\nSet-Cookie: stolen=1")
            return response
        return HttpResponse(b"page")


@pytest.fixture
def pages(tmp_path) -> Pages:
    return Pages(tmp_path)


@pytest.fixture
def ended() -> threading.Event:
    """Set when the live stream was told that its client left."""
    return threading.Event()


@pytest.fixture
def bridge(pages, tmp_path, ended) -> Bridge:
    async def live(hand_off):
        try:
            yield b"data: first\n\n"
            await asyncio.sleep(60)
        finally:
            ended.set()

    def limits_for(scope):
        return Limits(max_bytes=100_000, idle_seconds=2.0, total_seconds=5.0, in_file=scope["path"] == "/uploads/")

    spool = tmp_path / "spool"
    spool.mkdir()
    return Bridge(pages, live=live, limits_for=limits_for, folder=spool)


@pytest.fixture
def port(bridge) -> Iterator[int]:
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(bridge, http=PatientProtocol, ws="none", lifespan="off", log_config=None, access_log=False)
    server = Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listening])), daemon=True)
    thread.start()
    yield listening.getsockname()[1]
    server.should_exit = server.force_exit = True
    thread.join(10)


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=15)


def ask(port: int, text: str) -> bytes:
    with closing(connect(port)) as client:
        client.sendall(text.replace("\n", "\r\n").encode())
        answer = b""
        while data := client.recv(65536):
            answer += data
        return answer


def get(port: int, path: str, *headers: str) -> bytes:
    return ask(port, "\n".join([f"GET {path} HTTP/1.1", "Host: a", "Connection: close", *headers, "", ""]))


def post(port: int, path: str, body: str, *headers: str) -> bytes:
    lead = [f"POST {path} HTTP/1.1", "Host: a", "Connection: close", *headers, f"Content-Length: {len(body)}"]
    return ask(port, "\n".join([*lead, "", ""]) + body)


def answered(client: socket.socket, ending: bytes = b"page") -> bytes:
    """All that came up to `ending`: an answer may arrive in several pieces (its body after its head)."""
    heard = b""
    while not heard.endswith(ending) and (data := client.recv(1000)):
        heard += data
    return heard


def eventually(condition: Callable[[], bool]) -> bool:
    until = time.monotonic() + 10
    while not condition() and time.monotonic() < until:
        time.sleep(0.02)
    return condition()


def test_a_client_that_stalls_its_post_never_reaches_the_page_thread(port, pages):
    with closing(connect(port)) as slow:
        slow.sendall(b"POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\nx")
        assert get(port, "/page").endswith(b"page")
        slow.sendall(b"x")
        assert get(port, "/page").endswith(b"page")
    assert [each["PATH_INFO"] for each in pages.asked] == ["/page", "/page"]


def test_a_client_that_does_not_read_its_download_keeps_nobody_waiting(port, pages):
    with closing(connect(port)) as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.sendall(b"GET /file HTTP/1.1\r\nHost: a\r\n\r\n")
        assert slow.recv(12, socket.MSG_WAITALL) == b"HTTP/1.1 200"
        assert get(port, "/page").endswith(b"page")
        got = len(slow.recv(1000))
    assert got > 0


def test_a_download_arrives_whole(port, pages):
    head, _, content = get(port, "/file").partition(b"\r\n\r\n")
    assert content == pages.file.read_bytes()
    assert f"content-length: {BIG}".encode() in head


@pytest.mark.parametrize(
    ("asked", "status", "first", "length"),
    [
        ("bytes=0-9", b"206", 0, 10),
        ("bytes=100-", b"206", 100, BIG - 100),
        ("bytes=-5", b"206", BIG - 5, 5),
        (f"bytes={BIG}-", b"416", 0, 0),
        ("bytes=5-2", b"200", 0, BIG),
        ("bytes=0-1,4-5", b"200", 0, BIG),
        ("lines=1-2", b"200", 0, BIG),
    ],
)
def test_a_part_of_a_file_can_be_asked_for(port, pages, asked, status, first, length):
    head, _, content = get(port, "/file", f"Range: {asked}").partition(b"\r\n\r\n")
    assert head.split(b" ")[1] == status
    assert content == pages.file.read_bytes()[first : first + length]


def test_a_file_that_takes_long_to_make_holds_up_no_page(port, pages):
    with closing(connect(port)) as waiting:
        waiting.sendall(b"GET /made HTTP/1.1\r\nHost: a\r\nRange: bytes=0-9\r\nConnection: close\r\n\r\n")
        assert pages.making.wait(20)
        assert get(port, "/page").endswith(b"page")
        pages.goes_on.set()
        answer = b""
        while data := waiting.recv(65536):
            answer += data
    assert answer.startswith(b"HTTP/1.1 206")
    assert b"x-kept: yes" in answer
    assert answer.endswith(bytes(range(10)))


def test_a_file_that_cannot_be_made_is_an_empty_answer(port, pages):
    pages.goes_on.set()
    answer = get(port, "/nothing")
    assert answer.startswith(b"HTTP/1.1 422")
    assert answer.endswith(b"\r\n\r\n")


def test_an_announced_body_over_the_limit_is_refused_before_it_is_sent(port, pages):
    asks = "Accept-Language: de-AT\nContent-Length: 100001\nConnection: close"
    answer = ask(port, f"POST / HTTP/1.1\nHost: a\n{asks}\n\n")
    assert answer.startswith(b"HTTP/1.1 413")
    assert "Es wurde nichts geändert.\n" in answer.decode()
    assert not pages.asked


def test_a_chunked_body_over_the_limit_is_refused_while_it_comes(port, pages):
    chunk = "186a1\n" + "x" * 100_001 + "\n0\n\n"
    answer = ask(port, "POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\nConnection: close\n\n" + chunk)
    assert answer.startswith(b"HTTP/1.1 413")
    assert not pages.asked


def test_a_body_that_stops_coming_is_refused_and_leaves_no_file(port, pages, tmp_path):
    answer = ask(port, "POST /uploads/ HTTP/1.1\nHost: a\nContent-Length: 10\n\nx")
    assert answer.startswith(b"HTTP/1.1 408")
    assert not pages.asked
    assert eventually(lambda: not list((tmp_path / "spool").iterdir()))


def test_a_client_that_leaves_in_the_middle_of_its_body_leaves_no_file(port, pages, tmp_path):
    with closing(connect(port)) as client:
        client.sendall(b"POST /uploads/ HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nx")
        assert eventually(lambda: bool(list((tmp_path / "spool").iterdir())))
    assert eventually(lambda: not list((tmp_path / "spool").iterdir()))
    assert not pages.asked


def test_an_upload_lies_in_a_file_that_the_page_may_move_away(port, pages, tmp_path, monkeypatch):
    kept = tmp_path / "kept"

    def move(self, path):
        Path(self.asked[-1]["rapport.spooled"]).rename(kept)
        return HttpResponse(b"ok")

    monkeypatch.setattr(Pages, "_response", move)
    assert post(port, "/uploads/", "content").endswith(b"ok")
    assert kept.read_bytes() == b"content"
    assert not list((tmp_path / "spool").iterdir())


def test_a_small_and_a_large_body_reach_the_page_whole(port, pages, monkeypatch):
    monkeypatch.setattr("rapport.config.spooling.MEMORY_BYTES", 1000)
    for body in ("small", "x" * 50_000):
        post(port, "/page", body)
        assert pages.bodies[-1] == body.encode()
        assert pages.asked[-1]["CONTENT_LENGTH"] == str(len(body))


def test_an_answer_with_a_line_break_in_a_header_is_not_sent(port):
    answer = get(port, "/evil")
    assert answer.startswith(b"HTTP/1.1 500")
    assert b"stolen" not in answer


def test_a_live_stream_ends_on_the_server_when_its_client_leaves(port, ended):
    with closing(connect(port)) as client:
        client.sendall(b"GET /live HTTP/1.1\r\nHost: a\r\n\r\n")
        heard = b""
        while b"data: first" not in heard:
            heard += client.recv(1000)
        assert get(port, "/page").endswith(b"page")
    assert ended.wait(10)


def test_a_page_whose_client_left_before_its_turn_is_not_made(bridge, port, pages, monkeypatch):
    busy, go_on = threading.Event(), threading.Event()

    def dawdle(self, path):
        busy.set()
        go_on.wait(10)
        return HttpResponse(b"page")

    monkeypatch.setattr(Pages, "_response", dawdle)
    with closing(connect(port)) as first:
        first.sendall(b"GET /first HTTP/1.1\r\nHost: a\r\n\r\n")
        assert busy.wait(10)
        with closing(connect(port)) as second:
            second.sendall(b"GET /left HTTP/1.1\r\nHost: a\r\n\r\n")
            assert eventually(lambda: bridge._waiting == 2)
        assert eventually(lambda: bridge._waiting == 1)
        go_on.set()
        first.recv(1000)
    get(port, "/last")
    assert [each["PATH_INFO"] for each in pages.asked] == ["/first", "/last"]


def test_a_crowd_is_told_to_come_back_later(port, monkeypatch):
    monkeypatch.setattr(bridges, "MAX_WAITING", 0)
    answer = get(port, "/page")
    assert answer.startswith(b"HTTP/1.1 503")
    assert b"retry-after" in answer


@pytest.mark.parametrize("said", [b"", b"GET / HTTP/1.1\r\nHost: a\r\nX-Slow: "])
def test_a_client_that_never_finishes_its_headers_is_let_go(port, pages, monkeypatch, said):
    monkeypatch.setattr("rapport.config.patience.HEAD_SECONDS", 0.3)
    with closing(connect(port)) as slow:
        slow.sendall(said)
        with suppress(ConnectionResetError):
            assert slow.recv(100) == b""
    assert not pages.asked


def test_a_connection_that_has_spoken_may_rest_and_speak_again(port, monkeypatch):
    monkeypatch.setattr("rapport.config.patience.HEAD_SECONDS", 0.6)  # a busy machine speaks late
    with closing(connect(port)) as client:
        for _ in range(2):
            client.sendall(b"GET /page HTTP/1.1\r\nHost: a\r\n\r\n")
            assert answered(client).startswith(b"HTTP/1.1 200")
            time.sleep(0.8)


def test_a_page_that_takes_long_is_waited_for(port, monkeypatch):
    monkeypatch.setattr("rapport.config.patience.HEAD_SECONDS", 0.6)

    def take_long(self, path):
        time.sleep(0.8)
        return HttpResponse(b"late")

    monkeypatch.setattr(Pages, "_response", take_long)
    assert get(port, "/page").endswith(b"late")
