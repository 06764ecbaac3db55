"""The operator's settings: strictly read from the environment, without Django, every fault reported at once.

`SETTINGS` is the whole list; the handbook's page is made from it (`python -m rapport.config.environment`). An empty
value counts as not given. What can hold a password may also be named by a file: RAPPORT_DATABASE_URL_FILE and so on.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from urllib.parse import parse_qsl, urlsplit

from rapport.config import values
from rapport.config.values import MIB, MailDoor, Network, SystemMail

T = TypeVar("T")

# The project's own tests and benchmarks are steered by these; they are no settings of the product.
_NOT_SETTINGS = ("RAPPORT_TEST_", "RAPPORT_FAULT_", "RAPPORT_BENCH_")


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: the setting's name, what is wrong with it, and what to write instead. Never shows a secret."""

    setting: str
    wrong: str
    cure: str

    def __str__(self) -> str:
        return f"{self.setting}: {self.wrong} {self.cure}"


class SettingsRefused(Exception):
    """The environment cannot be used; `problems` holds every fault found, the text all of them, one a line."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(["These settings cannot be used:", *(f"  {problem}" for problem in problems)]))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Environment:
    """Every setting, checked and typed; paths are absolute, addresses without a last slash, sizes in bytes."""

    home: Path
    host: str
    port: int
    base_url: str
    key_file: Path
    database_url: str | None = field(default=None, repr=False)
    secret_key: str | None = field(default=None, repr=False)
    allowed_hosts: tuple[str, ...] = ()
    trusted_proxies: tuple[Network, ...] = ()
    files_url: str | None = None
    allow_nets: tuple[Network, ...] = ()
    mail_door: MailDoor | None = None
    system_mail: SystemMail | None = None
    demo: bool = False
    undo_seconds: int = 10
    metrics_token: str | None = field(default=None, repr=False)
    log_level: str = "INFO"
    log_format: str = "text"
    web_processes: int = 1
    parse_children: int = 1
    max_message_bytes: int = 50 * MIB
    max_upload_bytes: int = 25 * MIB
    time_zone: str = "UTC"

    @property
    def database_options(self) -> dict[str, str]:
        """What stands behind the `?` of the database address (sslmode and the like), for the driver."""
        return dict(parse_qsl(urlsplit(self.database_url or "").query))


@dataclass(frozen=True, slots=True)
class Setting:
    """One line of the handbook. `secret`: may hold a password, is never shown, can be given as NAME_FILE."""

    name: str
    meaning: str
    default: str
    secret: bool = False


SETTINGS: tuple[Setting, ...] = (
    Setting("RAPPORT_HOME", "The folder that holds all data.", "./data"),
    Setting("RAPPORT_HOST", "The address to listen on: an IP address or `localhost`.", "127.0.0.1"),
    Setting("RAPPORT_PORT", "The port to listen on.", "8000"),
    Setting(
        "RAPPORT_BASE_URL",
        "The public address as people type it, used in links and mails; https behind a proxy with TLS.",
        "http://127.0.0.1 with the port",
    ),
    Setting(
        "RAPPORT_ALLOWED_HOSTS",
        "Further host names under which pages are answered, parted by commas; the public address and this machine's own "
        "names are always among them.",
        "none",
    ),
    Setting("RAPPORT_TRUSTED_PROXIES", "Proxies whose forwarded headers are believed: addresses or networks.", "none"),
    Setting("RAPPORT_FILES_URL", "Another host name, without cookies, for attachments.", "the public address"),
    Setting(
        "RAPPORT_DATABASE_URL",
        "`postgresql://user:password@host:5432/name`; `?sslmode=require` and other driver options may follow.",
        "SQLite in the data folder",
        secret=True,
    ),
    Setting("RAPPORT_KEY_FILE", "The file of keys. Keep a copy apart from the backup.", "keys.json in the data folder"),
    Setting(
        "RAPPORT_SECRET_KEY", "Signs sessions; at least 32 random characters.", "kept in the key file", secret=True
    ),
    Setting(
        "RAPPORT_ALLOW_NETS",
        "Private networks that connections set up in the browser may reach, like `10.0.0.0/8`, parted by commas.",
        "none",
    ),
    Setting(
        "RAPPORT_MAIL_DOOR",
        "Where a mail server hands mail in: `lmtp://127.0.0.1:2424` or `smtp://127.0.0.1:2525`.",
        "off",
    ),
    Setting(
        "RAPPORT_SYSTEM_MAIL_URL",
        "The server for invitations before an inbox exists: `smtp://user:password@host:587` (STARTTLS) or `smtps://…`.",
        "through the first inbox",
        secret=True,
    ),
    Setting("RAPPORT_DEMO", "`yes` fills a new data folder with a made-up company; only on this machine.", "no"),
    Setting("RAPPORT_UNDO_SECONDS", "How long a sent reply can still be taken back, 0 to 300.", "10"),
    Setting("RAPPORT_TIME_ZONE", "The time zone until a person chooses one, like `Europe/Berlin`.", "UTC"),
    Setting("RAPPORT_MAX_MESSAGE_BYTES", "The largest mail taken in; `50M` may be written.", "50M"),
    Setting("RAPPORT_MAX_UPLOAD_BYTES", "The largest file an agent may attach; `25M` may be written.", "25M"),
    Setting("RAPPORT_LOG_LEVEL", "DEBUG, INFO, WARNING or ERROR.", "INFO"),
    Setting("RAPPORT_LOG_FORMAT", "`text` for people, `json` for collectors.", "text"),
    Setting(
        "RAPPORT_METRICS_TOKEN",
        "Lets other machines read `/metrics` with `Authorization: Bearer`; at least 20 characters.",
        "only this machine may",
        secret=True,
    ),
    Setting("RAPPORT_WEB_PROCESSES", "Processes that answer pages, 1 to 64.", "1"),
    Setting("RAPPORT_PARSE_CHILDREN", "Processes that parse mail, 1 to 32.", "1"),
)


def describe() -> list[tuple[str, str, str]]:
    """(name, meaning, default) of every setting, in the handbook's order."""
    return [(setting.name, setting.meaning, setting.default) for setting in SETTINGS]


def handbook_page() -> str:
    """docs/handbook/settings.md, whole."""
    rows = [f"| `{name}` | {meaning} | {default} |" for name, meaning, default in describe()]
    secret = ", ".join(f"`{setting.name}_FILE`" for setting in SETTINGS if setting.secret)
    return "\n".join(
        [
            "# Settings\n",
            "Made from `rapport/config/environment.py` by `python -m rapport.config.environment`; do not edit by hand.\n",
            (
                "The operator's settings are environment variables, read once at the start. An empty value counts as "
                "not given. An unknown name or a value that cannot be used stops the start with a sentence for each "
                "fault. What the organisation decides (people, teams, inboxes) is edited in the browser instead.\n"
            ),
            f"Settings that hold a password can name a file that holds the value: {secret}.\n",
            "| setting | meaning | default |\n|---|---|---|",
            *rows,
            "",
        ]
    )


def read_environment(environ: Mapping[str, str]) -> Environment:
    """All settings, checked. Raises SettingsRefused with every fault found. Reads no file but those NAME_FILE names."""
    return _Reading(environ).finish()


class _Reading:
    """One pass over the environment, collecting problems instead of stopping at the first."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.problems: list[Problem] = []
        self._values: dict[str, str] = {}
        settings = {setting.name: setting for setting in SETTINGS}
        for name in sorted(name for name in environ if name.startswith("RAPPORT_")):
            if name.startswith(_NOT_SETTINGS) or not environ[name].strip():
                continue
            secret_name = name.removesuffix("_FILE")
            if name in settings:
                self._values[name] = environ[name].strip()
            elif secret_name in settings and settings[secret_name].secret:
                self._read_file(secret_name, environ[name].strip(), bool(environ.get(secret_name, "").strip()))
            else:
                self._unknown(name, list(settings))

    def finish(self) -> Environment:
        host = self._take("RAPPORT_HOST", "127.0.0.1", values.read_host)
        port = self._take("RAPPORT_PORT", 8000, values.read_whole(1, 65535))
        home = self._take("RAPPORT_HOME", Path("data").absolute(), values.read_path)
        shown = f"[{host}]" if ":" in host else host
        here = "127.0.0.1" if host in ("0.0.0.0", "::", "127.0.0.1") else shown  # noqa: S104 - compared, not bound
        environment = Environment(
            home=home,
            host=host,
            port=port,
            base_url=self._take("RAPPORT_BASE_URL", f"http://{here}:{port}", values.read_web_address),
            key_file=self._take("RAPPORT_KEY_FILE", home / "keys.json", values.read_path),
            database_url=self._take("RAPPORT_DATABASE_URL", None, values.read_database_url),
            secret_key=self._take("RAPPORT_SECRET_KEY", None, values.read_secret_key),
            allowed_hosts=self._take("RAPPORT_ALLOWED_HOSTS", (), values.read_each(values.read_allowed_host)),
            trusted_proxies=self._take("RAPPORT_TRUSTED_PROXIES", (), values.read_each(values.read_network)),
            files_url=self._take("RAPPORT_FILES_URL", None, values.read_web_address),
            allow_nets=self._take("RAPPORT_ALLOW_NETS", (), values.read_each(values.read_network)),
            mail_door=self._take("RAPPORT_MAIL_DOOR", None, values.read_mail_door),
            system_mail=self._take("RAPPORT_SYSTEM_MAIL_URL", None, values.read_system_mail),
            demo=self._take("RAPPORT_DEMO", False, values.read_yes_or_no),
            undo_seconds=self._take("RAPPORT_UNDO_SECONDS", 10, values.read_whole(0, 300)),
            metrics_token=self._take("RAPPORT_METRICS_TOKEN", None, values.read_token),
            log_level=self._take("RAPPORT_LOG_LEVEL", "INFO", values.read_one_of("DEBUG", "INFO", "WARNING", "ERROR")),
            log_format=self._take("RAPPORT_LOG_FORMAT", "text", values.read_one_of("text", "json")),
            web_processes=self._take("RAPPORT_WEB_PROCESSES", 1, values.read_whole(1, 64)),
            parse_children=self._take("RAPPORT_PARSE_CHILDREN", 1, values.read_whole(1, 32)),
            max_message_bytes=self._take(
                "RAPPORT_MAX_MESSAGE_BYTES", 50 * MIB, values.read_size(64 * 1024, 1024 * MIB)
            ),
            max_upload_bytes=self._take("RAPPORT_MAX_UPLOAD_BYTES", 25 * MIB, values.read_size(64 * 1024, 1024 * MIB)),
            time_zone=self._take("RAPPORT_TIME_ZONE", "UTC", values.read_time_zone),
        )
        self._check_together(environment)
        if self.problems:
            raise SettingsRefused(tuple(self.problems))
        return environment

    def _take(self, name: str, default: T, parse: Callable[[str], T]) -> T:
        if name not in self._values:
            return default
        try:
            return parse(self._values[name])
        except values.WrongValue as fault:
            self.problems.append(Problem(name, fault.wrong, fault.cure))
            return default

    def _read_file(self, name: str, path: str, also_given: bool) -> None:
        if also_given:
            self.problems.append(Problem(f"{name}_FILE", f"{name} is given as well.", "Keep one of the two."))
            return
        try:
            value = Path(path).read_text(encoding="utf-8").strip()
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or "it is not text"
            cure = "Name a file that this user can read."
            self.problems.append(Problem(f"{name}_FILE", f"The file {path} cannot be read: {why}.", cure))
            return
        if value:
            self._values[name] = value
        else:
            self.problems.append(Problem(f"{name}_FILE", f"The file {path} is empty.", "Write the value into it."))

    def _unknown(self, name: str, known: list[str]) -> None:
        close = difflib.get_close_matches(name, known, n=1, cutoff=0.7)
        cure = f"Did you mean {close[0]}?" if close else "Remove it; docs/handbook/settings.md lists all settings."
        self.problems.append(Problem(name, "There is no such setting.", cure))

    def _check_together(self, environment: Environment) -> None:
        if environment.demo and not values.is_loopback(environment.host):
            wrong = f"The demo company, whose passwords everybody knows, must not listen on {environment.host}."
            self.problems.append(Problem("RAPPORT_DEMO", wrong, "Leave out RAPPORT_HOST, or set RAPPORT_DEMO=no."))
        if (
            environment.files_url
            and urlsplit(environment.files_url).hostname == urlsplit(environment.base_url).hostname
        ):
            wrong = "It has the same host name as the public address, so it would share its cookies."
            self.problems.append(Problem("RAPPORT_FILES_URL", wrong, "Name another host, or leave the setting out."))


if __name__ == "__main__":
    print(handbook_page(), end="")
