from __future__ import annotations

import json
from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.kit import addresses
from rapport.kit.addresses import check_url_lines, judge_address, judge_host, judge_url, read_target

PUBLIC = "93.184.216.34"
NAMES = {
    "example.org": [PUBLIC],
    "six.example.org": ["2606:2800:220:1:248:1893:25c8:1946"],
    "both.example.org": [PUBLIC, "2606:2800:220:1:248:1893:25c8:1946"],
    "xn--bcher-kva.example": [PUBLIC],
    "under_score.example": [PUBLIC],
    "inside.example.org": ["10.1.2.3"],
    "mixed.example.org": [PUBLIC, "127.0.0.1"],
    "loop.example.org": ["::1"],
    "mapped.example.org": ["::ffff:169.254.169.254"],
    "zoned.example.org": ["fe80::1%eth0"],
    "garbage.example.org": ["not an address"],
    "localhost": ["127.0.0.1"],
    "metadata.google.internal": ["169.254.169.254"],
    "empty.example.org": [],
}


def resolve(host, port):
    if host not in NAMES:
        raise OSError("no such name")
    return NAMES[host]


DENIED_ADDRESSES = """
    0.0.0.0 0.1.2.3 10.0.0.0 10.255.255.255 100.64.0.0 100.100.100.200 100.127.255.255 127.0.0.1 127.255.255.254
    168.63.129.16 169.254.0.1 169.254.169.254 169.254.170.2 172.16.0.0 172.31.255.255 192.0.0.1 192.0.0.192 192.0.2.1
    192.88.99.1 192.168.0.0 192.168.255.255 198.18.0.1 198.19.255.255 198.51.100.7 203.0.113.9 224.0.0.1
    239.255.255.255 240.0.0.1 255.255.255.255
    :: ::1 ::2 ::7f00:1 ::127.0.0.1 ::8.8.8.8 ::ffff:0.0.0.0 ::ffff:10.0.0.1 ::ffff:100.64.0.1 ::ffff:127.0.0.1
    ::ffff:169.254.169.254 ::ffff:172.16.0.1 ::ffff:192.168.1.1 ::ffff:7f00:1 ::ffff:0:127.0.0.1 ::ffff:0:8.8.8.8
    64:ff9b::127.0.0.1 64:ff9b::10.0.0.1 64:ff9b::169.254.169.254 64:ff9b::c0a8:101 64:ff9b:1::8.8.8.8
    100::1 2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:2::1 2001:10::1 2001:20::1 2001:db8::1 3fff::1 5f00::1
    2002:7f00:1:: 2002:a00:1:: 2002:5db8:d822::1 4000::1 fc00::1 fd00::1 fd00:ec2::254 fd20:ce::254 fdff:ffff::1
    fe80::1 fe80::1%eth0 fe80::1%1 2606:4700:4700::1111%1 febf::1 fec0::1 ff00::1 ff02::1 ff0e::1
""".split()

ALLOWED_ADDRESSES = """
    1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 93.184.216.34 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.1
    169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 192.0.1.1 192.167.255.255 192.169.0.0 198.17.255.255
    198.20.0.0 223.255.255.255 ::ffff:8.8.8.8 ::ffff:808:808 64:ff9b::8.8.8.8 64:ff9b::808:808
    2606:4700:4700::1111 2001:4860:4860::8888 2a00:1450:4001::1 2003::1
""".split()


@pytest.mark.parametrize("address", DENIED_ADDRESSES)
def test_an_address_inside_is_denied(address):
    assert not judge_address(address).allow


@pytest.mark.parametrize("address", ALLOWED_ADDRESSES)
def test_a_public_address_is_allowed(address):
    assert judge_address(address).allow


DENIED_URLS = [
    *("", " ", "http://", "https://", "http:///path", "://", "//example.org/", "/etc/passwd", "example.org/path", "?", "#"),
    *("ftp://example.org/", "file:///etc/passwd", "gopher://example.org:70/", "dict://example.org:11211/", "data:text/html,x"),
    *("javascript:alert(1)", "mailto:a@example.org", "ldap://example.org", "jar:http://example.org!/", "HTTPX://example.org"),
    *("http://user@example.org/", "http://user:pass@example.org/", "http://example.org@127.0.0.1/", "http://@example.org/"),
    *("http://127.0.0.1@example.org/", "user@example.org", "http://example.org:80@127.0.0.1:80/", "http://a:b@c:d@example.org/"),
    *("http://example.org\\@127.0.0.1/", "http:\\\\127.0.0.1/", "http://127.0.0.1\\.example.org/", "http://exa mple.org/"),
    *("http://example.org\r\nHost: a/", "http://exam\tple.org/", "http://example.org\x00/", "http://example\u200b.org/"),
    *("http://127.0.0.1/", "http://127.0.0.1:8000/", "http://127.0.0.1./", "http://127.1/", "http://127.0.1/", "http://0/"),
    *("http://0.0.0.0/", "http://0x7f.1/", "http://0x7f000001/", "http://0X7F000001/", "http://017700000001/"),
    *("http://0177.1/", "http://00000177.0.0.1/", "http://2130706433/", "http://127.0.0.1.5/", "http://1.2.3/", "http://256.1.1.1/"),
    *("http://8.8.8.010/", "http://0x8.8.8.8/", "http://134744072/", "http://example.org.0x7f/", "http://foo.1/", "http://4294967296/"),
    *("http://127.0.0.1%00.example.org/", "http://%31%32%37.0.0.1/", "http://127%2e0.0.1/", "http://[127.0.0.1]/"),
    *("http://①②⑦.0.0.1/", "http://１２７.０.０.１/", "http://127。0。0。1/", "http://127．0．0．1/", "http://ⓛocalhost/"),
    *("http://[::]/", "http://[::1]/", "http://[::1]:80/", "http://[0:0:0:0:0:0:0:1]/", "http://[::ffff:127.0.0.1]/", "[::1]"),
    *("http://[::ffff:7f00:1]/", "http://[::127.0.0.1]/", "http://[64:ff9b::7f00:1]/", "http://[64:ff9b::10.0.0.1]/", "::1"),
    *("http://[fe80::1%25eth0]/", "http://[fe80::1%eth0]/", "fe80::1%lo", "http://[fc00::1]/", "http://[::1", "http://::1]/"),
    *("http://[2606:4700:4700::1111%1]/", "http://[2001:db8::1]/", "http://[fd00:ec2::254]/", "http://[[::1]]/", "[::1]x"),
    *("http://169.254.169.254/latest/meta-data/", "http://[::ffff:a9fe:a9fe]/", "http://2852039166/", "http://100.100.100.200/"),
    *("http://metadata.google.internal/computeMetadata/v1/", "http://168.63.129.16/machine", "http://192.0.0.192/"),
    *("localhost", "LOCALHOST", "localhost.", "localhost:6379", "http://localhost/", "http://LocalHost:5432/"),
    *("inside.example.org", "http://inside.example.org/", "http://INSIDE.example.org./", "mixed.example.org", "loop.example.org"),
    *("mapped.example.org", "zoned.example.org", "garbage.example.org", "empty.example.org", "nowhere.example.org"),
    *("http://example.org:0/", "http://example.org:65536/", "http://example.org:x/", "http://example.org:-1/", "example.org:99999"),
    *("http://.example.org/", "http://example..org/", "http://-example.org/", "http://example.org../", "http://exa$mple.org/"),
    *("http://" + "a" * 64 + ".org/", "http://" + "a." * 130 + "org/", "a" * 5000, "http://xn--/", "http://*.example.org/"),
]  # fmt: skip

ALLOWED_URLS = [
    *("example.org", "EXAMPLE.org", "example.org.", "example.org:8443", " example.org\n", "http://example.org", "HTTPS://EXAMPLE.ORG/"),
    *("https://example.org/a?b=http://127.0.0.1/#c", "https://example.org:8443/@127.0.0.1", "http://example.org./"),
    *("http://both.example.org/", "http://six.example.org/", "https://under_score.example/", "http://bücher.example/"),
    *("http://BÜCHER.example/", "http://xn--bcher-kva.example/", "http://ｅｘａｍｐｌｅ.org/", "http://example。org/", "http://example.org。/"),
    *("8.8.8.8", "http://8.8.8.8:53/", "http://[2606:4700:4700::1111]/", "2606:4700:4700::1111", "[2606:4700:4700::1111]:443"),
]  # fmt: skip


@pytest.mark.parametrize("url", DENIED_URLS)
def test_a_url_that_leads_inside_or_cannot_be_read_is_denied(url):
    verdict = judge_url(url, resolve=resolve)
    assert not verdict.allow
    assert verdict.reason.endswith(".")
    assert verdict.addresses == ()


@pytest.mark.parametrize("url", ALLOWED_URLS)
def test_a_url_to_a_public_place_is_allowed_with_the_addresses_to_use(url):
    verdict = judge_url(url, resolve=resolve)
    assert verdict.allow
    assert verdict.addresses


def test_the_tables_are_as_long_as_promised():
    assert len(DENIED_ADDRESSES) + len(ALLOWED_ADDRESSES) + len(DENIED_URLS) + len(ALLOWED_URLS) >= 150


def test_the_shared_host_list_is_judged_right(shared_data):
    rows = [json.loads(row) for row in (shared_data / "security" / "ssrf_hosts.jsonl").read_text().splitlines()]
    verdicts = check_url_lines([row["host"] for row in rows], {"example.org": PUBLIC})
    wrong = [row for row, verdict in zip(rows, verdicts, strict=True) if row["allow"] != verdict["allow"]]
    assert wrong == []


def test_a_name_is_looked_up_once_in_its_one_spelling():
    asked = []

    def note(host, port):
        asked.append((host, port))
        return [PUBLIC]

    judge_host("ExAmple.ORG.", 443, resolve=note)
    assert asked == [("example.org", 443)]


def test_an_address_or_a_broken_number_never_reaches_the_resolver():
    for url in ("http://127.0.0.1/", "http://0x7f000001/", "http://[::1]/", "http://1.2.3.4/"):
        judge_url(url, resolve=lambda host, port: pytest.fail("asked"))


def test_the_reason_for_a_name_does_not_tell_its_inner_address():
    verdict = judge_url("http://inside.example.org/", resolve=resolve)
    assert verdict.reason == "This name leads to a private address."


@pytest.mark.parametrize("url", ["http://user@example.org/", "http://user:pass@example.org/", "http://@example.org/"])
def test_credentials_are_refused_as_such_even_if_every_name_resolves(url):
    verdict = judge_url(url, resolve=lambda host, port: [PUBLIC])
    assert verdict.reason == "A user name or password in the address is not allowed."


# --- what the operator opened


@pytest.mark.parametrize(
    ("net", "address", "allow"),
    [
        ("10.0.0.0/8", "10.1.2.3", True),
        ("10.0.0.0/8", "::ffff:10.1.2.3", True),
        ("10.0.0.0/8", "192.168.0.1", False),
        ("127.0.0.0/8", "127.0.0.1", True),
        ("fd00::/8", "fd12::1", True),
        ("fd00::/8", "fd00:ec2::254", False),
        ("0.0.0.0/0", "169.254.169.254", False),
        ("169.254.0.0/16", "169.254.169.254", False),
        ("169.254.169.254/32", "169.254.169.254", True),
        ("0.0.0.0/0", "224.0.0.1", False),
        ("::/0", "10.0.0.1", False),
        ("0.0.0.0/0", "::1", False),
    ],
)
def test_an_opened_network_is_allowed_and_nothing_beyond(net, address, allow):
    assert judge_address(address, allow_nets=[ip_network(net)]).allow is allow


def test_a_name_with_an_opened_and_a_closed_address_stays_denied():
    nets = [ip_network("127.0.0.0/8")]
    assert judge_url("http://mixed.example.org/", resolve=resolve, allow_nets=nets).allow
    assert not judge_url("http://loop.example.org/", resolve=resolve, allow_nets=nets).allow


def test_only_the_asked_schemes_are_allowed():
    assert not judge_url("http://example.org/", resolve=resolve, schemes=["https"]).allow
    assert judge_url("https://example.org/", resolve=resolve, schemes=["https"]).allow


@pytest.mark.parametrize(
    ("written", "host", "port"),
    [
        ("https://Example.org", "example.org", 443),
        ("http://example.org/x", "example.org", 80),
        ("http://[2606:4700::1]:8080/", "2606:4700::1", 8080),
        ("example.org:25", "example.org", 25),
        ("[2606:4700::1]:25", "2606:4700::1", 25),
        ("2606:4700::0001", "2606:4700::1", 80),
    ],
)
def test_host_and_port_are_taken_out(written, host, port):
    target = read_target(written)
    assert (target.host, target.port) == (host, port)


# --- never an exception, never a hole


@given(
    st.one_of(
        st.text(st.characters(exclude_categories=[])), st.text("htp:/[]@.%0x127f\\？。-_ #?l").map("http://".__add__)
    )
)
def test_any_text_gets_a_verdict_and_never_an_exception(written):
    assert not judge_url(written, resolve=lambda host, port: ["127.0.0.1"]).allow or addresses_are_public(written)


def addresses_are_public(written):
    return all(judge_address(one).allow for one in judge_url(written, resolve=lambda host, port: []).addresses)


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_never_more_allowed_in_ipv6_clothes(address):
    plain = judge_address(address).allow
    for clothed in (f"::ffff:{address}", f"64:ff9b::{address}"):
        assert judge_address(clothed).allow is plain
    assert not judge_address(f"::{address}").allow


@given(st.ip_addresses())
def test_what_python_calls_private_is_never_allowed(address):
    if address.is_private or address.is_multicast or address.is_reserved:
        assert not judge_address(address).allow or address in addresses._NAT64 or address.ipv4_mapped


# --- line by line


def test_every_line_gets_an_answer_in_order():
    lines = ["http://example.org/\n", "\n", "127.0.0.1", "nowhere.example.net", "http://v6.example/"]
    found = list(check_url_lines(lines, {"EXAMPLE.org.": PUBLIC, "v6.example": "[2606:4700::1], 8.8.8.8"}))
    assert [row["allow"] for row in found] == [True, False, False, False, True]
    assert all(set(row) == {"allow", "reason"} for row in found)


def test_an_override_is_judged_like_any_answer():
    found = list(
        check_url_lines(["a.example", "b.example", "c.example"], {"a.example": "10.0.0.1", "b.example": "junk", "": ""})
    )
    assert [row["allow"] for row in found] == [False, False, False]


def test_a_resolver_answers_only_for_names_without_an_override():
    lines = ["example.org", "inside.example.org"]
    found = list(check_url_lines(lines, {"inside.example.org": PUBLIC}, resolve=resolve))
    assert [row["allow"] for row in found] == [True, True]


def test_judging_loads_neither_sockets_nor_tls():
    import subprocess
    import sys

    code = "import sys, rapport.kit.addresses; sys.exit(bool({'socket', 'ssl', 'django'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
