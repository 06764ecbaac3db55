"""The stalling clients really stall: seen from a server with one thread."""

from __future__ import annotations

import socket

import pytest

from tests.servers.ports import LOOPBACK
from tests.servers.slow_client import stalled_download, stalled_headers, stalled_upload


@pytest.fixture
def listener():
    with socket.create_server((LOOPBACK, 0)) as server:
        server.settimeout(5)
        yield server


def address(listener):
    return f"http://{LOOPBACK}:{listener.getsockname()[1]}"


def accepted(listener):
    connection, _ = listener.accept()
    connection.settimeout(0.2)
    return connection


def test_an_upload_begins_and_never_ends(listener):
    upload = stalled_upload(address(listener), "/uploads/", headers={"Cookie": "a=b"})
    with upload, accepted(listener) as connection:
        head, _, body = connection.recv(65536).partition(b"\r\n\r\n")
        with pytest.raises(TimeoutError):
            connection.recv(1)
    assert head.startswith(b"POST /uploads/ HTTP/1.1\r\nHost: 127.0.0.1:")
    assert b"Content-Length: 10000000" in head
    assert b"Cookie: a=b" in head
    assert body.endswith(b"some bytes")


def test_headers_never_end(listener):
    with stalled_headers(address(listener)), accepted(listener) as connection:
        assert not connection.recv(65536).endswith(b"\r\n\r\n")


def test_a_download_is_asked_for_and_not_read(listener):
    with stalled_download(address(listener), "/files/1/"), accepted(listener) as connection:
        assert connection.recv(65536).endswith(b"\r\n\r\n")
        with pytest.raises(TimeoutError):
            connection.sendall(b"x" * 50_000_000)
