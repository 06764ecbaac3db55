"""Open streams hear what their viewers may see, at once, and end with the access they were opened for."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import OperationalError

from rapport.conversations import access, audience, closing, drafting, following, moving
from rapport.conversations.drafting import ReplyContent
from rapport.conversations.models import Conversation, Involvement, SharedTeam
from rapport.conversations.tests.cast import Cast, make_cast
from rapport.desk.live import hub as hubs
from rapport.desk.live import reading
from rapport.desk.live.hub import Hub
from rapport.desk.live.rendering import row_html
from rapport.desk.live.stream import HEARTBEAT, MAX_QUEUED, Stream, sse
from rapport.events import presence, recording, waking
from rapport.events.models import Event
from rapport.kit import clock
from rapport.notifications import ringing
from rapport.people import changing, granting, installing, joining
from rapport.people.models import Account
from rapport.ui.handoff import LiveHandOff
from tests.servers.ports import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

EVERYBODY = ("flora", "sam", "ana", "ben", "kim", "eva")


@pytest.fixture
def cast(transactional_db) -> Cast:
    return make_cast()


class Live:
    """A hub in a loop of its own, and the browsers that watch it."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.hub = Hub()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()
        self.loop.call_soon_threadsafe(self.hub.start, self.loop)
        wait_until(lambda: self.hub._new is not None, seconds=10, what="the hub")

    def browser(self, account: Account, last_event_id: int | None = None, session_key: str = "") -> Browser:
        account.refresh_from_db()
        browser = Browser(LiveHandOff(account.pk, account.access_version, last_event_id, session_key=session_key))
        asyncio.run_coroutine_threadsafe(browser.watch(self.hub), self.loop)
        wait_until(lambda: browser.ended or bool(browser.heard("ready")), seconds=10, what="the stream")
        return browser

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self.hub.stop)
        asyncio.run_coroutine_threadsafe(asyncio.sleep(0.05), self.loop).result(10)
        self.hub._database.shutdown(wait=True)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(10)


class Browser:
    """Reads a stream as EventSource does."""

    def __init__(self, hand_off: LiveHandOff) -> None:
        self.hand_off = hand_off
        self.text = ""
        self.ended = False

    async def watch(self, hub: Hub) -> None:
        async for piece in hub.stream(self.hand_off):
            self.text += piece.decode()
        self.ended = True

    def heard(self, name: str = "change") -> list[dict]:
        blocks = [dict(line.partition(": ")[::2] for line in block.splitlines()) for block in self.text.split("\n\n")]
        return [json.loads(block["data"]) for block in blocks if block.get("event") == name]

    def kinds(self) -> list[str]:
        return [change["kind"] for change in self.heard()]

    def waits_for(self, kind: str) -> dict:
        wait_until(lambda: kind in self.kinds(), seconds=10, what=f"{kind} in the stream")
        return next(change for change in self.heard() if change["kind"] == kind)

    def waits_for_the_end(self) -> None:
        wait_until(lambda: self.ended, seconds=10, what="the end of the stream")


@pytest.fixture
def live(cast) -> Iterator[Live]:
    live = Live()
    yield live
    live.stop()


def test_what_arrives_is_heard_by_those_who_may_see_it_and_nobody_else(live, cast):
    ana, ben = live.browser(cast.ana), live.browser(cast.ben)
    message = cast.writes()
    cast.writes(inbox=cast.drivers_inbox)
    heard = ana.waits_for("message.received")
    assert (heard["conversation"], heard["message"]) == (message.conversation_id, message.pk)
    ben.waits_for("message.received")
    assert {change["conversation"] for change in ana.heard()} == {message.conversation_id}
    assert message.conversation_id not in {change["conversation"] for change in ben.heard()}


def test_whose_draft_is_taken_over_hears_at_once_who_goes_on_with_it(live, cast):
    conversation = cast.conversation()
    draft = drafting.save_draft(conversation, by=cast.ana, content=ReplyContent(html="<p>Half a reply</p>"))
    ana = live.browser(cast.ana)
    drafting.take_over(conversation, draft.pk, by=cast.sam)
    told = {"from": cast.ana.pk, "in": conversation.pk, "letter": "reply", "name": cast.sam.name}
    assert ana.waits_for("conversation.draft_taken")["taken"] == told


def test_events_carry_their_ids_so_that_a_browser_can_resume(live, cast):
    ana = live.browser(cast.ana)
    cast.writes()
    heard = ana.waits_for("message.received")
    assert f"id: {heard['id']}\n" in ana.text


def test_a_browser_that_comes_back_hears_what_it_missed(live, cast):
    seen = reading.newest_id()
    message = cast.writes()
    cast.writes(inbox=cast.drivers_inbox)
    ana = live.browser(cast.ana, last_event_id=seen)
    assert {change["conversation"] for change in ana.heard()} == {message.conversation_id}


def test_a_browser_that_was_away_too_long_is_told_to_read_anew(live, cast):
    cast.writes()
    Event.objects.update(at=clock.now() - timedelta(hours=1))
    ana = live.browser(cast.ana, last_event_id=reading.newest_id() - 1)
    assert ana.heard("refetch") == [{}]


def test_on_resuming_the_last_minute_is_repeated_where_a_smaller_id_may_come_later(cast, monkeypatch):
    monkeypatch.setattr(reading, "connection", type("Connection", (), {"vendor": "postgresql"}))
    cast.writes()
    newest = reading.newest_id()
    assert newest - 1 in [event.pk for event in reading.missed_since(newest) or []]


@pytest.mark.parametrize("change", ["end", "team", "role"])
def test_a_stream_ends_when_the_access_of_its_viewer_changes(live, cast, change):
    ana, sam = live.browser(cast.ana), live.browser(cast.sam)
    if change == "end":
        changing.end(cast.ana, by=cast.flora)
    elif change == "team":
        joining.remove_from_team(cast.ana, team=cast.shop, by=cast.flora)
    else:
        granting.set_rights(cast.ana.role, rights=["conversations.note"], by=cast.flora)
    ana.waits_for_the_end()
    assert not sam.ended


def test_a_stream_ends_with_its_session(live, cast, monkeypatch):
    session = SessionStore()
    session.create()
    ana = live.browser(cast.ana, session_key=session.session_key)
    other = live.browser(cast.ana)
    session.delete()
    ana.waits_for_the_end()
    assert not other.ended


def test_a_stream_of_an_older_access_version_is_not_opened(live, cast):
    hand_off = LiveHandOff(cast.ana.pk, cast.ana.access_version - 1, None)
    browser = Browser(hand_off)
    asyncio.run_coroutine_threadsafe(browser.watch(live.hub), live.loop)
    browser.waits_for_the_end()
    assert not browser.text


def test_one_account_cannot_take_all_streams(live, cast, monkeypatch):
    monkeypatch.setattr(hubs, "MAX_STREAMS_OF_ONE", 1)
    live.browser(cast.ana)
    browser = Browser(LiveHandOff(cast.ana.pk, cast.ana.access_version, None))
    asyncio.run_coroutine_threadsafe(browser.watch(live.hub), live.loop)
    browser.waits_for_the_end()
    assert browser.heard("full") == [{}]


def test_who_loses_a_conversation_to_another_team_is_told_that_it_left(live, cast):
    conversation = cast.conversation()
    ana, ben = live.browser(cast.ana), live.browser(cast.ben)
    moving.move(conversation, team=cast.drivers, by=cast.flora)
    ana.waits_for("conversation.moved")
    ben.waits_for("conversation.moved")


def test_colleagues_at_the_same_conversation_see_each_other(live, cast):
    conversation = cast.conversation()
    ana, ben = live.browser(cast.ana), live.browser(cast.ben)
    said = {"conversation": conversation.pk, "account": cast.sam.pk, "name": "Sam", "state": "writing"}
    waking.publish(presence.TOPIC, said)
    wait_until(lambda: bool(ana.heard("presence")), seconds=10, what="presence")
    people = [{"account": cast.sam.pk, "name": "Sam", "state": "writing"}]
    assert ana.heard("presence") == [{"conversation": conversation.pk, "people": people}]
    assert not ben.heard("presence")


def test_who_comes_later_is_told_who_is_there(live, cast):
    conversation = cast.conversation()
    ana = live.browser(cast.ana)
    said = {"conversation": conversation.pk, "account": cast.sam.pk, "name": "Sam", "state": "viewing"}
    waking.publish(presence.TOPIC, said)
    wait_until(lambda: bool(ana.heard("presence")), seconds=10, what="presence")
    assert live.browser(cast.ana).heard("presence") == ana.heard("presence")
    assert not live.browser(cast.ben).heard("presence")


def test_the_bell_rings_for_whom_it_is_meant_and_says_nothing_else(live, cast):
    ana, sam = live.browser(cast.ana), live.browser(cast.sam)
    waking.publish(ringing.TOPIC, {"accounts": [cast.ana.pk]})
    wait_until(lambda: bool(ana.heard("bell")), seconds=10, what="the bell")
    assert ana.heard("bell") == [{}]
    assert not sam.heard("bell")


def test_a_damaged_message_on_the_bus_harms_nobody(live, cast):
    ana = live.browser(cast.ana)
    waking.publish(presence.TOPIC, {"conversation": "x"})
    waking.publish(ringing.TOPIC, {"accounts": [{}]})
    waking.publish(ringing.TOPIC, {})
    cast.writes()
    ana.waits_for("message.received")


def test_the_server_stops_without_waiting_for_browsers(live, cast):
    ana = live.browser(cast.ana)
    live.loop.call_soon_threadsafe(live.hub.stop)
    ana.waits_for_the_end()


def _run(coroutine):
    """In a thread of its own: where tests of a browser went before, a loop of theirs goes on in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result(20)


def test_a_browser_that_does_not_keep_up_is_told_to_read_anew():
    async def fill() -> bytes | None:
        stream = Stream(1, 1, "")
        for _ in range(MAX_QUEUED + 1):
            stream.put(b"x")
        return await stream.next_pieces()

    assert _run(fill()) == sse("refetch", {})


def test_what_waits_goes_out_at_once_and_a_quiet_stream_is_kept_alive():
    async def pieces() -> list[bytes | None]:
        stream = Stream(1, 1, "")
        stream.keep_alive(60)
        stream.put(b"x")
        stream.put(b"y")
        stream.keep_alive(0)
        first = await stream.next_pieces()
        stream.put(b"z")
        stream.end()
        return [first, await stream.next_pieces()]

    assert _run(pieces()) == [b"xy" + HEARTBEAT, None]


def test_events_that_commit_late_are_still_found(cast, monkeypatch):
    monkeypatch.setattr(reading, "connection", type("Connection", (), {"vendor": "postgresql"}))
    new = reading.NewEvents()
    late, early = new.last_id + 1, new.last_id + 2
    Event.objects.create(id=early, kind="test.early", at=clock.now())
    assert [event.pk for event in new.read()] == [early]
    Event.objects.create(id=late, kind="test.late", at=clock.now())
    assert [event.pk for event in new.read()] == [late]
    assert new.read() == []


def conversations_of_every_kind(cast: Cast) -> None:
    cast.conversation()
    cast.conversation(inbox=cast.drivers_inbox)
    cast.conversation(inbox=cast.spare_inbox)
    teamless, shared, *involved = (cast.conversation() for _ in range(2 + 2 * len(EVERYBODY)))
    Conversation.objects.filter(pk=teamless.pk).update(team=None)
    SharedTeam.objects.create(conversation=shared, team=cast.drivers)
    reasons = [reason for _ in EVERYBODY for reason in (Involvement.Reason.FOLLOWING, Involvement.Reason.ASKED)]
    for number, (conversation, reason) in enumerate(zip(involved, reasons, strict=True)):
        following.involve(conversation, account=getattr(cast, EVERYBODY[number // 2]), reason=reason)


@pytest.mark.parametrize("open_to_all", [False, True])
def test_the_rule_in_memory_is_the_rule_of_every_page(cast, open_to_all):
    conversations_of_every_kind(cast)
    installing.change(company_name="Fleur", open_to_all=open_to_all, by=None)
    audiences = audience.read_audiences(Conversation.objects.values_list("pk", flat=True))
    for name in EVERYBODY:
        account = Account.objects.get(pk=getattr(cast, name).pk)
        rights = audience.read_access([account.pk]).get(account.pk)
        in_memory = {pk for pk, whom in audiences.items() if rights and audience.may_see(account.pk, rights, whom)}
        assert in_memory == set(access.conversations_visible_to(account).values_list("pk", flat=True)), name


def test_every_recorded_change_of_access_is_read_at_once(live, cast, monkeypatch):
    monkeypatch.setattr(hubs, "CHECK_SECONDS", 3600.0)
    ana = live.browser(cast.ana)
    changing.end(cast.ana, by=cast.flora)
    ana.waits_for_the_end()


def test_a_row_is_written_once_for_all_viewers_of_one_language(live, cast):
    written = []

    def render(number, language, time_zone):
        written.append(number)
        return f"<li>{number}</li>"

    live.hub._render = render
    browsers = [live.browser(account) for account in (cast.flora, cast.sam, cast.ana)]
    message = cast.writes()
    for browser in browsers:
        browser.waits_for("message.received")
        assert f"<li>{message.conversation_id}</li>" in {change.get("html") for change in browser.heard()}
    assert len(written) <= 2, "once for each batch of events, however many browsers look on"


def test_a_row_is_neutral_and_not_shown_to_who_may_not_read_messages(live, cast):
    conversation = cast.conversation("A secret word")
    following.involve(conversation, account=cast.kim, reason=Involvement.Reason.MENTIONED)
    live.hub._render = row_html
    kim, ana = live.browser(cast.kim), live.browser(cast.ana)
    closing.close(conversation, by=cast.sam)
    kim.waits_for("conversation.closed")
    ana.waits_for("conversation.closed")
    (html,) = {change["html"] for change in ana.heard() if change["kind"] == "conversation.closed"} or {""}
    assert "A secret word" in html
    assert 'data-read="0"' in html
    assert "secret" not in kim.text


def test_an_event_without_a_conversation_is_nobodys_news(live, cast):
    ana = live.browser(cast.flora)
    recording.record("inbox.changed", subject=cast.inbox.pk)
    cast.writes()
    ana.waits_for("message.received")
    assert "inbox.changed" not in ana.kinds()


def test_a_hub_that_begins_while_the_database_is_away_hears_what_happens_later(cast, monkeypatch):
    real, tries = reading.NewEvents, iter([True])

    def away_at_first() -> reading.NewEvents:
        if next(tries, False):
            raise OperationalError("the database is away")
        return real()

    monkeypatch.setattr(reading, "NewEvents", away_at_first)
    live = Live()
    try:
        ana = live.browser(cast.ana)
        cast.conversation()
        wait_until(lambda: bool(ana.heard("change")), seconds=10, what="the change")
    finally:
        live.stop()
