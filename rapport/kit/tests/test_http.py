from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import threading
from ipaddress import ip_network

import pytest

from rapport.kit import http
from rapport.kit.http import ConnectionDenied, RequestFailed, open_guarded_connection, request
from tests.servers import certificates
from tests.servers.ports import free_port

LOOPBACK = [ip_network("127.0.0.0/8")]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Seen: yes\r\n\r\nhello"


class Scripted:
    """A server that notes each request and plays the next answer; after the last one it repeats it."""

    def __init__(self, *answers, tls=None, greeting=b""):
        self._greeting = greeting
        self.answers = list(answers)
        self.seen = []
        self.dropped = threading.Event()
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def stop(self):
        self.dropped.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(10)

    def _serve(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            with contextlib.suppress(OSError), client:
                client.settimeout(10)
                client.sendall(self._greeting)
                with self._tls.wrap_socket(client, server_side=True) if self._tls else client as stream:
                    self._answer(stream)

    def _answer(self, stream):
        self.seen.append(_read_request(stream))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if callable(answer):
            answer(stream, self.dropped)
        else:
            stream.sendall(answer)


def _read_request(stream):
    data = b""
    while b"\r\n\r\n" not in data and (part := stream.recv(65536)):
        data += part
    head, _, body = data.partition(b"\r\n\r\n")
    length = next((int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if b"content-length:" in line), 0)
    while len(body) < length and (part := stream.recv(65536)):
        body += part
    return head + b"\r\n\r\n" + body


@pytest.fixture
def serve():
    with contextlib.ExitStack() as stack:

        def start(*answers, **more):
            server = Scripted(*answers, **more)
            stack.callback(server.stop)
            return server

        yield start


def here(host, port):
    return ["127.0.0.1"]


def ask(url, method="GET", **more):
    return request(method, url, allow_nets=LOOPBACK, **{"timeout": 10, "resolve": here, **more})


def redirect(location, status=302):
    return f"HTTP/1.1 {status} Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()


# --- connecting


def test_a_connection_goes_to_the_judged_address(serve):
    server = serve(OK)
    with open_guarded_connection("mail.example", server.port, timeout=5, allow_nets=LOOPBACK, resolve=here) as opened:
        assert opened.getpeername() == ("127.0.0.1", server.port)
        assert opened.gettimeout() == 5


def test_a_denied_place_says_the_same_whether_or_not_its_port_is_open(serve):
    answers = []
    for port in (serve(OK).port, free_port()):
        with pytest.raises(ConnectionDenied) as caught:
            open_guarded_connection("mail.example", port, timeout=5, resolve=here)
        answers.append(str(caught.value))
    assert answers == ["This name leads to a loopback address."] * 2


def test_a_denied_place_is_never_connected_to(serve):
    server = serve(OK)
    with pytest.raises(ConnectionDenied):
        request("GET", f"http://mail.example:{server.port}/", resolve=here)
    assert server.seen == []


def test_a_resolver_that_changes_its_answer_gains_nothing(monkeypatch):
    answers = iter([["93.184.216.34"], ["127.0.0.1"], ["127.0.0.1"]])
    connected = []
    monkeypatch.setattr(socket.socket, "connect", lambda self, where: connected.append(where))
    opened = open_guarded_connection("evil.example", 80, timeout=5, resolve=lambda host, port: next(answers))
    opened.close()
    assert connected == [("93.184.216.34", 80)]
    with pytest.raises(ConnectionDenied):
        open_guarded_connection("evil.example", 80, timeout=5, resolve=lambda host, port: next(answers))


def test_an_unknown_name_is_a_resolver_error():
    with pytest.raises(socket.gaierror, match="cannot be resolved"):
        open_guarded_connection("nowhere.example", 80, timeout=5, resolve=lambda host, port: [])


def test_the_next_address_is_tried_when_one_does_not_answer(serve):
    server = serve(OK)
    answers = ["127.0.0.9", "127.0.0.1"]
    opened = open_guarded_connection(
        "mail.example", server.port, timeout=5, allow_nets=LOOPBACK, resolve=lambda host, port: answers
    )
    with opened:
        assert opened.getpeername()[0] == "127.0.0.1"


def test_a_refused_connection_is_an_os_error():
    with pytest.raises(ConnectionRefusedError):
        open_guarded_connection("mail.example", free_port(), timeout=5, allow_nets=LOOPBACK, resolve=here)


def test_the_system_knows_this_machine():
    assert set(http.system_resolve("localhost", 80)) <= {"127.0.0.1", "::1"}


@pytest.fixture
def silent_resolver(monkeypatch):
    """The system's resolver never answers, until the test is over."""
    over = threading.Event()

    def wait(*arguments, **options):
        over.wait(10)
        raise OSError("too late")

    monkeypatch.setattr(socket, "getaddrinfo", wait)
    monkeypatch.setattr(http, "_lookups", threading.Semaphore(2))
    yield over
    over.set()


def test_a_resolver_that_never_answers_holds_nobody(silent_resolver):
    for _ in range(4):  # the last two find all look-ups taken by those left behind
        with pytest.raises(TimeoutError):
            http.system_resolve("slow.example", 80, within=0.02)
    for reach in (open_guarded_connection, http.open_connection):
        with pytest.raises(OSError, match=r"resolved|looked up"):
            reach("slow.example", 80, timeout=0.02)
    with pytest.raises(RequestFailed) as failed:
        request("GET", "http://slow.example/", timeout=0.02)
    assert failed.value.step in ("resolve", "time")


def test_a_look_up_that_ends_late_makes_room_again(silent_resolver):
    for _ in range(2):
        with pytest.raises(TimeoutError):
            http.system_resolve("slow.example", 80, within=0.02)
    silent_resolver.set()
    with pytest.raises(OSError, match="too late"):
        http.system_resolve("slow.example", 80, within=10)


def test_a_connection_to_a_place_the_operator_named_is_not_judged(serve):
    server = serve(OK)
    with http.open_connection("127.0.0.1", server.port, timeout=5) as opened:
        assert opened.getpeername() == ("127.0.0.1", server.port)


# --- asking


def test_an_answer_is_read_with_its_headers(serve):
    server = serve(OK)
    response = ask(f"http://api.example:{server.port}/a/b?c=d#e", headers={"X-Mine": "1"})
    assert (response.status, response.body, response.headers["x-seen"]) == (200, b"hello", "yes")
    head = server.seen[0].decode()
    assert head.startswith("GET /a/b?c=d HTTP/1.1\r\n")
    assert f"Host: api.example:{server.port}\r\n" in head
    assert "X-Mine: 1\r\n" in head


def test_a_body_is_sent_whole(serve):
    server = serve(OK)
    ask(f"http://api.example:{server.port}/", "POST", body=b"x" * 300_000)
    assert server.seen[0].endswith(b"x" * 300_000)


@pytest.mark.parametrize("status", [204, 404, 500])
def test_any_status_is_an_answer(serve, status):
    server = serve(f"HTTP/1.1 {status} Word\r\nContent-Length: 0\r\n\r\n".encode())
    assert ask(f"http://api.example:{server.port}/").status == status


def test_a_chunked_answer_is_put_together(serve):
    server = serve(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
    assert ask(f"http://api.example:{server.port}/").body == b"abcde"


@pytest.mark.parametrize("head", [b"Content-Length: 2000\r\n\r\n", b"\r\n"])
def test_an_answer_larger_than_allowed_is_cut_off(serve, head):
    server = serve(b"HTTP/1.1 200 OK\r\n" + head + b"x" * 2000)
    with pytest.raises(RequestFailed) as caught:
        ask(f"http://api.example:{server.port}/", max_bytes=1999)
    assert caught.value.step == "size"


def test_an_answer_of_exactly_the_limit_is_taken(serve):
    server = serve(b"HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n" + b"x" * 2000)
    assert len(ask(f"http://api.example:{server.port}/", max_bytes=2000).body) == 2000


def _drip(stream, dropped):
    stream.sendall(b"HTTP/1.1 200 OK\r\n")
    while not dropped.wait(0.02):
        stream.sendall(b"X-Slow: 1\r\n"[:1])


def test_a_server_that_drips_its_answer_is_left_at_the_deadline(serve):
    server = serve(_drip)
    with pytest.raises(RequestFailed) as caught:
        ask(f"http://api.example:{server.port}/", timeout=0.3)
    assert caught.value.step == "time"


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab",
        b"HTTP/1.1 200 OK\r\nA: " + b"x" * 70_000,
    ],
)
def test_a_broken_answer_is_a_failure_with_a_sentence(serve, answer):
    with pytest.raises(RequestFailed, match="broke off"):
        ask(f"http://api.example:{serve(answer).port}/")


def test_nobody_listening_is_a_failure_at_connecting():
    with pytest.raises(RequestFailed) as caught:
        ask(f"http://api.example:{free_port()}/")
    assert caught.value.step == "connect"


def test_a_header_with_a_line_break_is_never_sent(serve):
    server = serve(OK)
    with pytest.raises(RequestFailed):
        ask(f"http://api.example:{server.port}/", headers={"X": "1\r\nY: 2"})
    assert server.seen in ([], [b"\r\n\r\n"])


# --- redirects


def test_a_redirect_is_followed_and_the_last_address_told(serve):
    server = serve(redirect("/second?x=1"), OK)
    assert ask(f"http://api.example:{server.port}/first").url == f"http://api.example:{server.port}/second?x=1"
    assert server.seen[1].startswith(b"GET /second?x=1 ")


@pytest.mark.parametrize(
    "location",
    ["http://10.0.0.1/", "http://[::1]/", "//169.254.169.254/latest", "file:///etc/passwd", "http://inside.example/"],
)
def test_a_redirect_to_the_inside_is_denied(serve, location):
    server = serve(redirect(location))
    inside = {"inside.example": ["192.168.1.1"]}
    with pytest.raises(ConnectionDenied):
        ask(f"http://api.example:{server.port}/", resolve=lambda host, port: inside.get(host, ["127.0.0.1"]))


def test_a_circle_of_redirects_ends(serve):
    server = serve(redirect("/"))
    with pytest.raises(RequestFailed, match="circle"):
        ask(f"http://api.example:{server.port}/")
    assert len(server.seen) == http.MAX_REDIRECTS + 1


@pytest.mark.parametrize(("status", "method"), [(302, b"GET"), (303, b"GET"), (307, b"POST"), (308, b"POST")])
def test_a_redirected_post_keeps_or_drops_its_body_as_the_status_says(serve, status, method):
    server = serve(redirect("/next", status), OK)
    ask(f"http://api.example:{server.port}/", "POST", body=b"secret", headers={"Content-Type": "text/plain"})
    assert server.seen[1].startswith(method + b" /next")
    assert server.seen[1].endswith(b"secret") is (method == b"POST")
    assert (b"Content-Type" in server.seen[1]) is (method == b"POST")


def test_credentials_do_not_follow_to_another_place(serve):
    other = serve(OK)
    first = serve(redirect(f"http://other.example:{other.port}/"))
    ask(f"http://api.example:{first.port}/", headers={"Authorization": "Bearer t", "Cookie": "c=1", "X-Plain": "1"})
    assert b"Bearer t" in first.seen[0]
    assert b"Bearer t" not in other.seen[0]
    assert b"c=1" not in other.seen[0]
    assert b"X-Plain: 1" in other.seen[0]


# --- TLS


@pytest.fixture(scope="module")
def certs(tmp_path_factory):
    return certificates.make(tmp_path_factory.mktemp("tls"), hosts=("api.example",))


def test_tls_is_verified_by_the_name_and_not_by_the_address(serve, certs):
    server = serve(OK, tls=certs.server_context())
    assert ask(f"https://api.example:{server.port}/", tls=certs.client_context()).body == b"hello"
    with pytest.raises(RequestFailed) as caught:
        ask(f"https://other.example:{server.port}/", tls=certs.client_context())
    assert caught.value.step == "tls"


def test_a_certificate_nobody_vouches_for_is_refused(serve, certs):
    server = serve(OK, tls=certs.server_context())
    with pytest.raises(RequestFailed, match="not trusted"):
        ask(f"https://api.example:{server.port}/")


def test_a_server_without_tls_is_told_as_such(serve):
    server = serve(OK, greeting=b"220 mail.example ESMTP\r\n")
    with pytest.raises(RequestFailed, match="No encrypted connection"):
        ask(f"https://api.example:{server.port}/")


def test_a_redirect_may_not_give_up_tls(serve, certs):
    plain = serve(OK)
    server = serve(redirect(f"http://api.example:{plain.port}/"), tls=certs.server_context())
    with pytest.raises(RequestFailed, match="from https to http"):
        ask(f"https://api.example:{server.port}/", tls=certs.client_context())
    assert plain.seen == []


def test_the_kit_loads_no_framework():
    code = (
        "import sys, rapport.kit.http, rapport.kit.secrets, rapport.kit.text, rapport.kit.durable, rapport.kit.clock;"
        "sys.exit(bool({'django', 'cryptography', 'requests', 'asyncio'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
