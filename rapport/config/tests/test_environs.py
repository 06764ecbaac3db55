"""What a page learns of who asks, and whom it believes."""

from __future__ import annotations

import io
from ipaddress import ip_network

import pytest

from rapport.config.environs import BadRequest, make_environ
from rapport.config.spooling import Body

PROXY = [ip_network("10.0.0.0/8")]


def environ(*headers: tuple[str, str], client: str = "10.0.0.1", proxies=PROXY, path: bytes = b"/"):
    scope = {
        "method": "GET", "path": "/", "raw_path": path, "query_string": b"", "http_version": "1.1", "scheme": "http",
        "client": (client, 1), "server": ("127.0.0.1", 8000),
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers],
    }  # fmt: skip
    return make_environ(scope, Body(io.BytesIO(), 0), proxies)


@pytest.mark.parametrize(
    ("client", "told", "believed"),
    [
        ("10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "203.0.113.9, 10.2.3.4", "203.0.113.9"),
        ("10.0.0.1", "junk", "10.0.0.1"),
        ("10.0.0.1", "6.6.6.6, junk", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("198.51.100.7", "6.6.6.6", "198.51.100.7"),
    ],
)
def test_only_a_trusted_proxy_may_say_who_the_client_is(client, told, believed):
    found = environ(("X-Forwarded-For", told), client=client)
    assert found["REMOTE_ADDR"] == believed
    assert "HTTP_X_FORWARDED_FOR" not in found


@pytest.mark.parametrize(("client", "scheme"), [("10.0.0.1", "https"), ("198.51.100.7", "http")])
def test_only_a_trusted_proxy_may_say_that_the_visitor_uses_tls(client, scheme):
    assert environ(("X-Forwarded-Proto", "https"), client=client)["wsgi.url_scheme"] == scheme


def test_a_header_with_an_underscore_cannot_pass_for_one_with_a_dash():
    assert "HTTP_X_USER" not in environ(("X_User", "owner"))


def test_a_host_named_twice_is_refused():
    with pytest.raises(BadRequest):
        environ(("Host", "a"), ("Host", "b"))


def test_cookies_of_several_headers_are_joined():
    assert environ(("Cookie", "a=1"), ("Cookie", "b=2"))["HTTP_COOKIE"] == "a=1; b=2"


def test_a_path_is_decoded_once_and_byte_for_byte():
    assert environ(path=b"/caf%C3%A9/%2541")["PATH_INFO"].encode("latin-1") == "/café/%41".encode()
