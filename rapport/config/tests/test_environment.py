from __future__ import annotations

import contextlib
import subprocess
import sys
from ipaddress import ip_network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.config import environment
from rapport.config.environment import SETTINGS, SettingsRefused, describe, handbook_page, read_environment
from rapport.config.values import MailDoor, SystemMail

HANDBOOK = Path(environment.__file__).parents[2] / "docs" / "handbook" / "settings.md"
SECRET = "correct-horse-battery-staple-0123456789"


def read(**given):
    return read_environment({f"RAPPORT_{name}": value for name, value in given.items()})


def refusal(**given):
    with pytest.raises(SettingsRefused) as caught:
        read(**given)
    return str(caught.value)


def test_nothing_set_gives_the_documented_defaults():
    plain = read()
    assert plain.home == Path("data").absolute()
    assert (plain.host, plain.port, plain.base_url) == ("127.0.0.1", 8000, "http://127.0.0.1:8000")
    assert plain.key_file == plain.home / "keys.json"
    assert (plain.database_url, plain.secret_key, plain.mail_door, plain.system_mail) == (None, None, None, None)
    assert (plain.undo_seconds, plain.web_processes, plain.parse_children) == (10, 1, 1)
    assert (plain.max_message_bytes, plain.max_upload_bytes) == (50 * 1024**2, 25 * 1024**2)
    assert (plain.time_zone, plain.log_level, plain.log_format, plain.demo) == ("UTC", "INFO", "text", False)


def test_an_empty_value_counts_as_not_given():
    assert read_environment(dict.fromkeys((setting.name for setting in SETTINGS), " ")) == read()


def test_names_of_other_programs_and_of_our_own_tests_are_left_alone():
    others = {"PATH": "/bin", "RAPPORTE": "x", "RAPPORT_TEST_DATABASE": "postgresql", "RAPPORT_FAULT_SIZE": "C"}
    assert read_environment(others) == read()


GOOD = [
    ("HOME", "/srv/rapport", "home", Path("/srv/rapport")),
    ("HOME", "relative/data", "home", Path("relative/data").absolute()),
    ("KEY_FILE", "/etc/keys.json", "key_file", Path("/etc/keys.json")),
    ("HOST", "0.0.0.0", "host", "0.0.0.0"),
    ("HOST", "[::1]", "host", "::1"),
    ("HOST", "LocalHost", "host", "localhost"),
    ("PORT", "8080", "port", 8080),
    ("BASE_URL", "https://Help.Example.com/", "base_url", "https://help.example.com"),
    ("BASE_URL", "http://10.0.0.5:8000", "base_url", "http://10.0.0.5:8000"),
    ("FILES_URL", "https://files.example.net", "files_url", "https://files.example.net"),
    ("ALLOWED_HOSTS", "a.example, .B.example,,[::1]", "allowed_hosts", ("a.example", ".b.example", "[::1]")),
    ("TRUSTED_PROXIES", "127.0.0.1,10.0.0.0/8", "trusted_proxies", (ip_network("127.0.0.1/32"), ip_network("10.0.0.0/8"))),
    ("ALLOW_NETS", "10.0.0.0/8, fd00::/8", "allow_nets", (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))),
    ("MAIL_DOOR", "lmtp://127.0.0.1:2424", "mail_door", MailDoor("lmtp", "127.0.0.1", 2424)),
    ("MAIL_DOOR", "smtp://[::1]:2525", "mail_door", MailDoor("smtp", "::1", 2525)),
    ("DEMO", "yes", "demo", True),
    ("DEMO", "0", "demo", False),
    ("DEMO", "OFF", "demo", False),
    ("UNDO_SECONDS", "0", "undo_seconds", 0),
    ("LOG_LEVEL", "debug", "log_level", "DEBUG"),
    ("LOG_FORMAT", "JSON", "log_format", "json"),
    ("METRICS_TOKEN", "x" * 20, "metrics_token", "x" * 20),
    ("WEB_PROCESSES", "4", "web_processes", 4),
    ("PARSE_CHILDREN", "2", "parse_children", 2),
    ("MAX_MESSAGE_BYTES", "1000000", "max_message_bytes", 1_000_000),
    ("MAX_UPLOAD_BYTES", "10M", "max_upload_bytes", 10 * 1024**2),
    ("MAX_UPLOAD_BYTES", "512 KiB", "max_upload_bytes", 512 * 1024),
    ("TIME_ZONE", "Europe/Berlin", "time_zone", "Europe/Berlin"),
    ("SECRET_KEY", SECRET, "secret_key", SECRET),
    ("DATABASE_URL", "postgresql://u:p%40@db:5432/rapport", "database_url", "postgresql://u:p%40@db:5432/rapport"),
    ("DATABASE_URL", "postgres:///r?host=/run/postgresql", "database_url", "postgres:///r?host=/run/postgresql"),
    ("SYSTEM_MAIL_URL", "smtp://mail.example.com", "system_mail", SystemMail("mail.example.com", 587, "starttls")),
    ("SYSTEM_MAIL_URL", "smtps://u%40x:p%3A@m.example", "system_mail", SystemMail("m.example", 465, "tls", "u@x", "p:")),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value", "attribute", "expected"), GOOD)
def test_a_usable_value_is_taken(name, value, attribute, expected):
    assert getattr(read(**{name: value}), attribute) == expected


BAD = [
    *[("PORT", value) for value in ("0", "65536", "80a", "-1", "8000.0", "٨٠٠٠", "1e3", "99999999999999999999")],
    *[("HOST", value) for value in ("127.0.0.1:8000", "http://x", "a b", "256.1.1.1", "-x", "127.1")],
    *[("BASE_URL", value) for value in ("help.example.com", "ftp://x", "https://", "https://a/b", "https://u:p@a", "https://a:x", "https://a?b")],
    *[("FILES_URL", value) for value in ("files.example.com", "https://127.0.0.1:9000/")],
    *[("ALLOWED_HOSTS", value) for value in ("*", "http://a.example", "a b")],
    *[("TRUSTED_PROXIES", value) for value in ("proxy.example", "10.0.0.1/8", "*")],
    *[("ALLOW_NETS", value) for value in ("10.0.0.0/33", "10.1.0.0/8", "all", "::1%lo")],
    *[("MAIL_DOOR", value) for value in ("2424", "lmtp://127.0.0.1", "lmtp://:2424", "http://127.0.0.1:1", "lmtp://a:1/x", "lmtp://a:0")],
    *[("DEMO", value) for value in ("maybe", "2", "j")],
    *[("UNDO_SECONDS", value) for value in ("-1", "301", "ten")],
    *[("LOG_LEVEL", value) for value in ("LOUD", "10")],
    *[("LOG_FORMAT", value) for value in ("xml",)],
    *[("METRICS_TOKEN", value) for value in ("short", "twenty letters and spaces")],
    *[("WEB_PROCESSES", value) for value in ("0", "65")],
    *[("PARSE_CHILDREN", value) for value in ("0", "33")],
    *[("MAX_MESSAGE_BYTES", value) for value in ("1", "2G", "50 megs", "1.5M", "-5M")],
    *[("MAX_UPLOAD_BYTES", value) for value in ("0", "M")],
    *[("TIME_ZONE", value) for value in ("Berlin", "../../etc/passwd", "/etc/localtime", "UTC+2")],
    *[("SECRET_KEY", value) for value in ("short", "a" * 64)],
    *[("DATABASE_URL", value) for value in ("mysql://u:p@h/d", "postgresql://u:p@h", "postgresql:///d", "postgresql://h/a/b", "postgresql://h:x/d", "postgresql://h/d?sslmod=x", "sqlite:///x", "postgresql://u:p#w@h/d")],
    *[("SYSTEM_MAIL_URL", value) for value in ("mail.example.com", "http://mail", "smtp://", "smtp://h/x", "smtp://u:p@h:x")],
    *[("KEY_FILE", value) for value in ("a\x00b", "~no-such-user-here/keys")],
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), BAD)
def test_an_unusable_value_is_refused_with_the_setting_and_a_cure(name, value):
    with pytest.raises(SettingsRefused) as caught:
        read(**{name: value})
    [problem] = caught.value.problems
    assert problem.setting == f"RAPPORT_{name}"
    assert problem.wrong.endswith((".", ":"))
    assert problem.cure
    assert str(problem) in str(caught.value)


def test_every_setting_has_a_bad_value_in_the_table_or_takes_any():
    assert {f"RAPPORT_{name}" for name, _ in BAD} | {"RAPPORT_HOME"} == {setting.name for setting in SETTINGS}


def test_all_faults_are_told_at_once():
    with pytest.raises(SettingsRefused) as caught:
        read(PORT="x", DEMO="x", TIME_ZONE="x", NONSENSE="1")
    told = {problem.setting for problem in caught.value.problems}
    assert told == {"RAPPORT_PORT", "RAPPORT_DEMO", "RAPPORT_TIME_ZONE", "RAPPORT_NONSENSE"}


def test_a_misspelt_name_gets_a_suggestion():
    assert "Did you mean RAPPORT_DATABASE_URL?" in refusal(DATABASE_ULR="x")
    assert "Did you mean RAPPORT_PORT?" in refusal(PROT="x")
    assert "settings.md lists all" in refusal(COMPLETELY_OTHER_THING="x")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "help.example.com"])
def test_the_demo_company_stays_on_this_machine(host):
    assert "demo company" in refusal(DEMO="yes", HOST=host)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.9", "::1", "localhost"])
def test_the_demo_company_runs_on_loopback(host):
    assert read(DEMO="yes", HOST=host).demo


def test_files_on_the_host_that_has_the_cookies_are_refused():
    assert "share its cookies" in refusal(BASE_URL="https://a.example", FILES_URL="https://a.example:8443")


@pytest.mark.parametrize(
    ("host", "base_url"),
    [("0.0.0.0", "http://127.0.0.1:81"), ("::1", "http://[::1]:81"), ("localhost", "http://localhost:81")],
)
def test_without_a_public_address_links_lead_to_where_the_product_listens(host, base_url):
    assert read(HOST=host, PORT="81").base_url == base_url


def test_driver_options_are_given_to_the_driver():
    url = "postgresql://h/d?sslmode=verify-full&sslrootcert=/etc/ca.pem"
    assert read(DATABASE_URL=url).database_options == {"sslmode": "verify-full", "sslrootcert": "/etc/ca.pem"}
    assert read().database_options == {}


# --- secrets


SECRETS = {
    "DATABASE_URL": "postgresql://u:hunter2@h/d",
    "SECRET_KEY": SECRET,
    "SYSTEM_MAIL_URL": "smtp://u:hunter2@mail.example.com",
}


@pytest.mark.parametrize(("name", "value"), SECRETS.items())
def test_a_secret_can_come_from_a_file(tmp_path, name, value):
    (tmp_path / "secret").write_text(value + "\n")
    assert read(**{f"{name}_FILE": str(tmp_path / "secret")}) == read(**{name: value})


def test_a_secret_given_twice_is_refused(tmp_path):
    (tmp_path / "secret").write_text(SECRET)
    assert "given as well" in refusal(SECRET_KEY=SECRET, SECRET_KEY_FILE=str(tmp_path / "secret"))


def test_a_file_that_cannot_be_used_is_named(tmp_path):
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    assert "cannot be read: No such file" in refusal(SECRET_KEY_FILE=str(tmp_path / "none"))
    assert "cannot be read: Is a directory" in refusal(SECRET_KEY_FILE=str(tmp_path))
    assert "is empty" in refusal(SECRET_KEY_FILE=str(tmp_path / "empty"))
    assert "it is not text" in refusal(SECRET_KEY_FILE=str(tmp_path / "binary"))


def test_only_secrets_have_a_file_variant():
    assert "no such setting" in refusal(PORT_FILE="/etc/port")
    assert read(KEY_FILE="/etc/keys").key_file == Path("/etc/keys")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "postgresql://u:hunter2@h:port/d"),
        ("DATABASE_URL", "postgresql://u:hunter2@h"),
        ("DATABASE_URL", "postgresql://u:hunter2@/d"),
        ("DATABASE_URL", "hunter2"),
        ("SECRET_KEY", "hunter2"),
        ("SYSTEM_MAIL_URL", "smtp://u:hunter2@h/x"),
        ("SYSTEM_MAIL_URL", "smtp://u:hunter2@h h"),
        ("SYSTEM_MAIL_URL", "hunter2://u@h"),
    ],
)
def test_a_refusal_never_repeats_a_secret(name, value):
    assert "hunter2" not in refusal(**{name: value})


def test_the_settings_show_no_secret_when_printed():
    shown = repr(read(**SECRETS))
    assert "hunter2" not in shown
    assert SECRET not in shown


# --- robustness and the handbook


@given(
    st.dictionaries(
        st.sampled_from([setting.name for setting in SETTINGS]), st.text("a0:/.@[]%?#,-_ \x00é~", max_size=30)
    )
)
def test_any_value_is_taken_or_refused_and_nothing_else_happens(given_environment):
    with contextlib.suppress(SettingsRefused):
        assert read_environment(given_environment).port


def test_the_handbook_page_is_up_to_date():
    assert HANDBOOK.read_text(encoding="utf-8") == handbook_page()


def test_every_setting_is_described_with_its_default():
    assert [name for name, _, _ in describe()] == [setting.name for setting in SETTINGS]
    assert all(meaning.endswith(".") and default for _, meaning, default in describe())


def test_reading_the_settings_loads_no_framework():
    code = "import sys, rapport.config.environment; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
