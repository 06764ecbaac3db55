"""Reading folders of a real Dovecot, and of a scripted server that breaks at every step."""

from __future__ import annotations

import ipaddress
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rapport.channels.contract import FetchFailed
from rapport.channels.email.folder_reading import FolderReader
from rapport.channels.email.imap import Mailbox
from tests.servers.certificates import Certificates
from tests.servers.dovecot import Dovecot
from tests.servers.fixtures import SHOP, SHOP_PASSWORD
from tests.servers.oauth import OAuthProvider
from tests.servers.ports import free_port
from tests.servers.scripted_imap import ScriptedImap, Session
from tests.servers.scripting import Drop, Gone, Hang, Say, Wire

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)


def mail(number: int, *, size: int = 0, extra: str = "") -> bytes:
    body = f"Body {number}\r\n" + "x" * 70 * (size // 70)
    return f"From: carla@example.org\r\nSubject: Mail {number}\r\n{extra}\r\n{body}\r\n".encode()


def settings_for(port: int, *, start: str = "all", after: str = "leave", **more: Any) -> dict[str, Any]:
    imap = {"host": "127.0.0.1", "port": port, "security": "none", "user": SHOP, "start": start, "after": after}
    imap |= more.pop("imap", {})
    return {"imap": imap, "imap_password": SHOP_PASSWORD, "allow_nets": LOOPBACK, "timeout_seconds": 5.0, **more}


@pytest.fixture
def scripted() -> Iterator[ScriptedImap]:
    server = ScriptedImap()
    server.start()
    yield server
    server.stop()


def deliver_at(dovecot: Dovecot, raw: bytes, moment: datetime) -> None:
    """A mail that arrived in the past."""
    with dovecot.client(SHOP) as client:
        client.append("INBOX", "", f'"{moment:%d-%b-%Y %H:%M:%S} +0000"', raw)


class Stubborn(ScriptedImap):
    """A server that will not give some mails, and breaks the line over others."""

    refused: set[int] = set()
    breaking: set[int] = set()

    def serve(self, wire: Wire) -> None:
        wire.send(b"* OK [CAPABILITY %b] scripted" % self.capabilities)
        StubbornSession(self, wire).run()


class StubbornSession(Session):
    def do_fetch(self, argument: bytes) -> None:
        assert isinstance(self.server, Stubborn)
        chosen, _, items = argument.partition(b" ")
        about = {int(chosen)} if b"BODY" in items else set()
        if about & self.server.breaking:
            self.wire.close()
            raise Gone
        if about & self.server.refused:
            self.wire.send(self.tag + b" NO [SERVERBUG] cannot read it")
        else:
            super().do_fetch(argument)


@pytest.fixture
def stubborn() -> Iterator[Stubborn]:
    server = Stubborn()
    server.start()
    for number in (1, 2, 3):
        server.add(mail(number))
    yield server
    server.stop()


def in_a_moment(act: Callable[[], object]) -> float:
    """Let it happen in 0.2 seconds, while the test waits for it; when that is."""
    threading.Timer(0.2, act).start()
    return time.monotonic() + 0.2


@contextmanager
def reader_at(server: ScriptedImap, **options: Any) -> Iterator[FolderReader]:
    reader = FolderReader(settings_for(server.port, **options), "INBOX", {})
    yield reader
    reader.close()


@contextmanager
def reader_at_position(story: Story) -> Iterator[FolderReader]:
    reader = FolderReader(story.settings, story.part, story.position)
    yield reader
    reader.close()


class Story:
    """Sessions one after another with what is kept between them: the position and the stored mails."""

    def __init__(self, port: int, part: str = "INBOX", **options: Any) -> None:
        self.settings = settings_for(port, **options)
        self.part = part
        self.position: dict[str, Any] = {}
        self.stored: dict[str, bytes] = {}
        self.historic: dict[str, bool] = {}

    def session(self) -> list[bytes]:
        """Read what is new and tidy up. Raises FetchFailed; the position is kept all the same."""
        reader = FolderReader(self.settings, self.part, self.position)
        new = []
        try:
            for fetched in reader.arrivals():
                if fetched.key not in self.stored:
                    new.append(fetched.raw)
                self.stored[fetched.key] = fetched.raw
                self.historic[fetched.key] = fetched.historic
            reader.tidy(lambda keys: set(keys) & set(self.stored))
        finally:
            self.position = reader.position
            reader.close()
        return new


def test_everything_in_the_folder_is_read_once_byte_for_byte(dovecot: Dovecot):
    mails = [mail(number) for number in range(3)]
    for raw in mails:
        dovecot.deliver(SHOP, raw)
    story = Story(dovecot.imap_port)
    assert story.session() == mails
    assert story.session() == []
    dovecot.deliver(SHOP, mail(3))
    assert story.session() == [mail(3)]


def test_reading_marks_nothing_as_seen(dovecot: Dovecot):
    uid = dovecot.deliver(SHOP, mail(1))
    Story(dovecot.imap_port).session()
    assert dovecot.flags(SHOP, uid) <= {"\\Recent"}


def test_mail_that_a_person_read_first_is_read_all_the_same(dovecot: Dovecot):
    dovecot.flag(SHOP, dovecot.deliver(SHOP, mail(1)), "\\Seen")
    assert Story(dovecot.imap_port).session() == [mail(1)]


def test_mails_moved_or_deleted_by_a_person_disturb_nothing(dovecot: Dovecot):
    story = Story(dovecot.imap_port)
    moved, deleted = dovecot.deliver(SHOP, mail(1)), dovecot.deliver(SHOP, mail(2))
    assert len(story.session()) == 2
    dovecot.move(SHOP, moved, "Done")
    dovecot.delete(SHOP, deleted)
    dovecot.delete(SHOP, dovecot.deliver(SHOP, mail(3)))
    dovecot.deliver(SHOP, mail(4))
    assert story.session() == [mail(4)]


def test_a_renumbered_folder_is_read_anew_and_loses_nothing(dovecot: Dovecot):
    story = Story(dovecot.imap_port)
    dovecot.delete(SHOP, dovecot.deliver(SHOP, mail(0)))
    dovecot.deliver(SHOP, mail(1))
    story.session()
    dovecot.deliver(SHOP, mail(2))
    dovecot.renumber(SHOP)
    assert story.session() == [mail(1), mail(2)]
    assert sum(mail(2) == raw for raw in story.stored.values()) == 1


def test_a_renumbered_folder_does_not_bring_back_history_nobody_asked_for(dovecot: Dovecot):
    deliver_at(dovecot, mail(1), datetime.now(UTC) - timedelta(days=9))
    story = Story(dovecot.imap_port, start="now")
    assert story.session() == []
    dovecot.deliver(SHOP, mail(2))
    dovecot.renumber(SHOP)
    assert story.session() == [mail(2)]
    assert list(story.historic.values()) == [False]


def test_another_server_with_the_same_mail_is_read_anew(scripted: ScriptedImap):
    story = Story(scripted.port, start="now")
    story.session()
    scripted.add(mail(1))
    story.session()
    story.settings["imap"]["host"] = "localhost"
    story.session()
    assert list(story.stored) == ["INBOX:1:1", "INBOX:1.1:1"], "the same number, another place"


def test_another_users_mailbox_begins_as_it_was_asked_for(scripted: ScriptedImap):
    story = Story(scripted.port, start="now")
    story.session()
    scripted.add(mail(1))
    story.settings["imap"]["user"] = "drivers@example.org"
    assert story.session() == []
    scripted.add(mail(2))
    assert story.session() == [mail(2)]


def test_a_restart_of_the_server_loses_nothing(dovecot: Dovecot):
    dovecot.deliver(SHOP, mail(1))
    story = Story(dovecot.imap_port)
    reader = FolderReader(story.settings, "INBOX", {})
    fetched = reader.arrivals()
    assert next(fetched).raw == mail(1)
    dovecot.restart()
    with pytest.raises(FetchFailed):
        reader.wait(5)
    dovecot.deliver(SHOP, mail(2))
    assert story.session() == [mail(1), mail(2)]


def test_mails_without_message_id_and_twins_are_all_read(dovecot: Dovecot):
    twins = [mail(1, extra="Message-ID: <same@example.org>\r\n"), mail(2, extra="Message-ID: <same@example.org>\r\n")]
    for raw in (*twins, mail(3), mail(3)):
        dovecot.deliver(SHOP, raw)
    assert Story(dovecot.imap_port).session() == [*twins, mail(3), mail(3)]


def test_three_hundred_mails_are_read_in_order(dovecot: Dovecot):
    with dovecot.client(SHOP) as client:
        for number in range(300):
            client.append("INBOX", "", "", mail(number))
    assert Story(dovecot.imap_port).session() == [mail(number) for number in range(300)]


def test_a_large_mail_comes_in_pieces_and_whole(dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("rapport.channels.email.imap.CHUNK", 1000)
    exact = mail(2, size=2800)
    exact += b"y" * (3000 - len(exact))
    for raw in (mail(1, size=70_000), exact):
        dovecot.deliver(SHOP, raw)
    assert Story(dovecot.imap_port).session() == [mail(1, size=70_000), exact]


def test_a_mail_beyond_the_limit_is_visible_by_its_header(dovecot: Dovecot):
    uid = dovecot.deliver(SHOP, mail(1, size=20_000, extra="Content-Type: text/html;\r\n charset=x\r\nTo: s@x.org\r\n"))
    story = Story(dovecot.imap_port, max_message_bytes=10_000, after="move:Done")
    [raw] = story.session()
    assert raw.startswith(b"From: carla@example.org\r\nSubject: Mail 1\r\nTo: s@x.org\r\nMIME-Version")
    assert b"still on the mail server, in the folder INBOX" in raw
    assert b"text/html" not in raw
    assert dovecot.uids(SHOP) == [uid]
    assert story.session() == []


def test_from_now_on_reads_what_comes_after_connecting_only(dovecot: Dovecot):
    dovecot.deliver(SHOP, mail(1))
    story = Story(dovecot.imap_port, start="now")
    assert story.session() == []
    dovecot.deliver(SHOP, mail(2))
    assert story.session() == [mail(2)]
    assert list(story.historic.values()) == [False]


def test_the_last_days_are_history_and_older_mail_stays(dovecot: Dovecot):
    for days in (30, 2):
        deliver_at(dovecot, mail(days), datetime.now(UTC) - timedelta(days=days))
    story = Story(dovecot.imap_port, start="days:7")
    assert story.session() == [mail(2)]
    assert list(story.historic.values()) == [True]
    deliver_at(dovecot, mail(99), datetime.now(UTC) - timedelta(days=99))
    assert story.session() == [mail(99)]
    assert list(story.historic.values()) == [True, False]


def test_read_mail_moves_to_a_folder_once_it_is_stored(dovecot: Dovecot):
    dovecot.deliver(SHOP, mail(1))
    story = Story(dovecot.imap_port, after="move:Erledigt & fertig/Überblick")
    assert story.session() == [mail(1)]
    assert dovecot.uids(SHOP) == []
    assert len(dovecot.folders(SHOP)) > 1


def test_mail_that_is_not_stored_never_moves(dovecot: Dovecot):
    uid = dovecot.deliver(SHOP, mail(1))
    reader = FolderReader(settings_for(dovecot.imap_port, after="move:Done"), "INBOX", {})
    list(reader.arrivals())
    assert reader.tidy(lambda keys: set()) == 0
    reader.close()
    assert dovecot.uids(SHOP) == [uid]


def test_mail_is_deleted_some_days_after_it_came(dovecot: Dovecot):
    deliver_at(dovecot, mail(1), datetime.now(UTC) - timedelta(days=20))
    dovecot.flag(SHOP, dovecot.deliver(SHOP, mail(2)), "\\Deleted")
    story = Story(dovecot.imap_port, after="delete:14")
    assert len(story.session()) == 2
    assert len(dovecot.uids(SHOP)) == 1, "what another program marked is not ours to expunge"


def test_history_that_was_not_asked_for_is_never_deleted(dovecot: Dovecot):
    deliver_at(dovecot, mail(1), datetime.now(UTC) - timedelta(days=20))
    Story(dovecot.imap_port, start="now", after="delete:14").session()
    assert len(dovecot.uids(SHOP)) == 1


def test_a_folder_with_a_foreign_name_can_be_read(dovecot: Dovecot):
    with dovecot.client(SHOP) as client:
        client.create('"Auftr&AOQ-ge"')
        client.append('"Auftr&AOQ-ge"', "", "", mail(1))
    assert Story(dovecot.imap_port, "Aufträge").session() == [mail(1)]


def steps_of_a_session() -> int:
    server = ScriptedImap()
    server.start()
    server.add(mail(0))
    story = Story(server.port, after="move:Done", timeout_seconds=1.0)
    story.session()
    server.stop()
    return server.steps


@pytest.mark.parametrize("act", [Drop(), Drop(reset=True), Drop(after=3), Say(b"* BYE going down")], ids=str)
def test_a_line_lost_at_any_step_loses_and_doubles_nothing(act: Any):
    for step in range(1, steps_of_a_session() + 1):
        server = ScriptedImap()
        server.start()
        mails = [mail(number) for number in range(2)]
        for raw in mails:
            server.add(raw)
        story = Story(server.port, after="move:Done", timeout_seconds=0.5)
        server.at_step(step, act)
        with suppress(FetchFailed):
            story.session()
        story.session()
        server.stop()
        assert list(story.stored.values()) == mails, f"at step {step}"


@pytest.mark.parametrize("command", ["GREETING", "CAPABILITY", "AUTHENTICATE", "SELECT", "SEARCH", "FETCH"])
def test_a_silent_server_is_given_up_in_time(scripted: ScriptedImap, command: str):
    scripted.add(mail(1))
    scripted.at(command, Hang(after=2))
    story = Story(scripted.port, timeout_seconds=0.3)
    begun = time.monotonic()
    # A read-only session selects by EXAMINE.
    if command == "SELECT":
        scripted.at("EXAMINE", Hang())
    with pytest.raises(FetchFailed):
        story.session()
    assert time.monotonic() - begun < 10
    assert story.session() == [mail(1)]


def test_a_refused_login_names_its_step_and_is_hopeless(scripted: ScriptedImap):
    scripted.password = "another"
    with pytest.raises(FetchFailed) as failed:
        Story(scripted.port).session()
    assert (failed.value.step, failed.value.permanent) == ("login", True)


def test_a_server_that_cannot_log_anybody_in_just_now_is_tried_again(scripted: ScriptedImap, monkeypatch: Any):
    def unavailable(session: Session, secret: str) -> None:
        session.wire.send(session.tag + b" NO [UNAVAILABLE] later")

    monkeypatch.setattr(Session, "_admit", unavailable)
    with pytest.raises(FetchFailed, match="UNAVAILABLE") as failed:
        Story(scripted.port).session()
    assert (failed.value.step, failed.value.permanent) == ("login", False)


def test_a_missing_folder_names_its_step(dovecot: Dovecot):
    with pytest.raises(FetchFailed) as failed:
        Story(dovecot.imap_port, "Nowhere").session()
    assert failed.value.step == "folder"


def test_a_closed_port_names_its_step():
    with pytest.raises(FetchFailed) as failed:
        Story(free_port()).session()
    assert (failed.value.step, failed.value.permanent) == ("connect", False)


def test_an_address_the_guard_denies_is_never_connected_to(scripted: ScriptedImap):
    with pytest.raises(FetchFailed, match="not allowed"):
        Story(scripted.port, allow_nets=()).session()
    assert scripted.connections == 0


def test_sizes_that_lie_change_nothing(scripted: ScriptedImap):
    scripted.add(mail(1, size=5000), claimed_size=3)
    scripted.add(mail(2), claimed_size=900_000)
    assert Story(scripted.port).session() == [mail(1, size=5000), mail(2)]


def test_a_mail_that_pretends_to_be_small_is_cut_at_the_limit(scripted: ScriptedImap):
    scripted.add(mail(1, size=50_000), claimed_size=3)
    [raw] = Story(scripted.port, max_message_bytes=10_000).session()
    assert b"still on the mail server" in raw


def test_a_literal_without_end_is_not_even_begun(scripted: ScriptedImap):
    scripted.add(mail(1))
    scripted.at("FETCH", Say(b"* 1 FETCH (UID 1 BODY[] {9000000000}"))
    with pytest.raises(FetchFailed, match="9000000000"):
        Story(scripted.port).session()


def test_one_mail_the_server_refuses_delays_no_other(stubborn: Stubborn):
    stubborn.refused = {2}
    story = Story(stubborn.port)
    assert story.session() == [mail(1), mail(3)]
    assert list(story.position["trouble"]) == ["2"]
    stubborn.refused = set()
    assert story.session() == []
    story.position["trouble"]["2"][1] += 3600  # as it stands there when the clock has gone back by an hour
    assert story.session() == [mail(2)]
    assert story.position["trouble"] == {}


def test_a_mail_that_breaks_every_session_is_passed_over_and_tried_later(stubborn: Stubborn):
    stubborn.breaking = {1}
    story = Story(stubborn.port)
    for _ in range(3):
        with pytest.raises(FetchFailed):
            story.session()
    assert story.session() == [mail(2), mail(3)]
    stubborn.breaking = set()
    story.position["trouble"]["1"][1] = 0.0
    assert story.session() == [mail(1)]


def test_waiting_ends_when_mail_comes(scripted: ScriptedImap):
    with reader_at(scripted) as reader:
        reached = in_a_moment(lambda: scripted.add(mail(1)))
        assert reader.wait(20)
        assert reached < time.monotonic() < reached + 10
        assert [fetched.raw for fetched in reader.arrivals()] == [mail(1)]


def test_waiting_ends_after_its_time(scripted: ScriptedImap):
    with reader_at(scripted) as reader:
        assert not reader.wait(0.2)
        assert not reader.wait(0.2)
    assert sum(line == "DONE" for line in scripted.said()) == 2


def test_waiting_on_a_dead_line_says_so(scripted: ScriptedImap):
    with reader_at(scripted) as reader:
        in_a_moment(scripted.drop_all)
        with pytest.raises(FetchFailed):
            reader.wait(20)


def test_a_half_open_line_is_noticed_when_the_waiting_is_renewed(scripted: ScriptedImap):
    with reader_at(scripted, timeout_seconds=0.3) as reader:
        scripted.at("IDLE", Say(b"+ idling"))
        scripted.at("IDLE", Hang())
        with pytest.raises(FetchFailed):
            reader.wait(0.2)


def test_waiting_stops_at_once_when_told(scripted: ScriptedImap):
    class Enough(Exception):
        pass

    def stop() -> None:
        raise Enough

    reader = FolderReader(settings_for(scripted.port), "INBOX", {})
    reader._check = stop
    with pytest.raises(Enough):
        reader.wait(60)
    reader.close()


def test_a_server_without_idle_is_asked_again(scripted: ScriptedImap):
    scripted.capabilities = b"IMAP4rev1 AUTH=PLAIN"
    with reader_at(scripted) as reader:
        assert reader.wait(0.1)
        scripted.add(mail(1))
        assert [fetched.raw for fetched in reader.arrivals()] == [mail(1)]


def test_a_server_without_move_and_uidplus_copies_and_marks(scripted: ScriptedImap):
    scripted.capabilities = b"IMAP4rev1 AUTH=PLAIN"
    scripted.add(mail(1))
    Story(scripted.port, after="move:Done").session()
    assert [one.raw for one in scripted.folders["Done"].mails.values()] == [mail(1)]
    assert scripted.folders["INBOX"].mails[1].flags == {b"\\Deleted"}


def test_what_is_missing_here_is_read_again(dovecot: Dovecot):
    dovecot.deliver(SHOP, mail(1))
    story = Story(dovecot.imap_port)
    story.session()
    with reader_at_position(story) as reader:
        keys = reader.present()
        reader.retry(keys)
        assert [fetched.key for fetched in reader.arrivals()] == keys


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_tls_is_used_as_set_up(dovecot: Dovecot, trusted_certificates: Certificates, security: str):
    dovecot.deliver(SHOP, mail(1))
    port = dovecot.imaps_port if security == "tls" else dovecot.imap_port
    assert Story(port, imap={"security": security}).session() == [mail(1)]


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_an_untrusted_certificate_stops_everything(dovecot: Dovecot, security: str):
    port = dovecot.imaps_port if security == "tls" else dovecot.imap_port
    with pytest.raises(FetchFailed, match="not trusted") as failed:
        Story(port, imap={"security": security}).session()
    assert failed.value.step == "tls"
    assert "Logged in" not in dovecot.log()


def test_a_server_that_hides_starttls_gets_no_password(scripted: ScriptedImap):
    scripted.capabilities = b"IMAP4rev1 AUTH=PLAIN"
    with pytest.raises(FetchFailed, match="STARTTLS"):
        Story(scripted.port, imap={"security": "starttls"}).session()
    assert not any("AUTHENTICATE" in line or "LOGIN" in line for line in scripted.said())


def test_no_password_goes_over_a_network_in_clear(scripted: ScriptedImap, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("rapport.channels.email.reaching.is_private_line", lambda line: False)
    with pytest.raises(FetchFailed, match="Without encryption"):
        Story(scripted.port).session()
    assert not any("AUTHENTICATE" in line or "LOGIN" in line for line in scripted.said())


def test_a_password_beyond_ascii_logs_in(make_dovecot: Callable[..., Dovecot]):
    dovecot = make_dovecot(users={SHOP: "gänseblümchen"})
    assert Story(dovecot.imap_port, imap_password="gänseblümchen").session() == []


def test_a_token_logs_in_by_xoauth2(make_dovecot: Callable[..., Dovecot], oauth_provider: OAuthProvider):
    dovecot = make_dovecot(introspection_url=oauth_provider.introspection_url)
    dovecot.deliver(SHOP, mail(1))
    tokens = oauth_provider.issue()
    assert Story(dovecot.imap_port, imap={"auth": "xoauth2"}, oauth=tokens).session() == [mail(1)]
    with pytest.raises(FetchFailed) as failed:
        Story(dovecot.imap_port, imap={"auth": "xoauth2"}, oauth={"access_token": "old"}).session()
    assert failed.value.step == "login"


def test_without_consent_the_login_says_so(scripted: ScriptedImap):
    with pytest.raises(FetchFailed, match="no consent"):
        Story(scripted.port, imap={"auth": "xoauth2"}).session()


def test_a_sent_mail_is_filed_once_and_seen(dovecot: Dovecot):
    raw = mail(1, extra="Message-ID: <rapport.1@example.org>\r\n")
    for folder in ("Sent", "Sent", "Gesendet"):
        with Mailbox.open(settings_for(dovecot.imap_port)) as mailbox:
            mailbox.file_sent(folder, raw)
    assert dovecot.raw(SHOP, dovecot.uids(SHOP, "Sent")[0], "Sent") == raw
    assert [len(dovecot.uids(SHOP, folder)) for folder in ("Sent", "Gesendet")] == [1, 1]
    assert "\\Seen" in dovecot.flags(SHOP, 1, "Sent")
