"""Pages and counts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rapport.conversations import assigning, closing, listing, noting, reading, settling, shaping, sorting, tagging
from rapport.conversations.errors import UnknownStatus
from rapport.conversations.tests.cast import again, attachment
from rapport.conversations.viewing import Cursor
from rapport.kit import clock


def numbers(page):
    return [row.number for row in page.rows]


def test_a_row_says_who_what_and_when(cast):
    conversation = cast.conversation("Where are they?", attachments=[attachment()])
    assigning.assign(conversation, to=cast.ana, by=cast.sam)
    tagging.tag(conversation, name="VIP", by=cast.ana)
    row = listing.inbox_page(cast.ana, view="mine").rows[0]
    assert (row.who, row.subject, row.preview, row.channel) == ("Carla Conti", "Tulips", "Where are they?", "email")
    assert (row.assignee, row.team, row.tags, row.has_attachments) == ("Ana Adler", "Shop", (("VIP", ""),), True)
    assert row.waiting_since == row.last_message_at
    assert row.unread


def test_a_row_says_the_companys_own_status_and_the_colours_of_tags(cast):
    conversation, plain = cast.conversation("Roses"), cast.conversation("Tulips")
    status = shaping.create_status("Waiting for supplier", kind="waiting", by=cast.flora)
    settling.put(conversation, status=f"own:{status.pk}", by=cast.ana)
    closing.wait(plain, by=cast.ana)
    tag = tagging.tag(conversation, name="Wedding", by=cast.ana)
    sorting.change(tag, sorting.Named("Wedding", "rose"), by=cast.flora)
    found = {row.number: row for row in listing.inbox_page(cast.ana, view="waiting").rows}
    assert (found[conversation.pk].own_status, found[conversation.pk].tags) == (
        "Waiting for supplier",
        (("Wedding", "rose"),),
    )
    assert found[plain.pk].own_status == ""
    cast.writes("Any news?", into=conversation)
    reopened = listing.row(conversation.pk)
    assert reopened is not None
    assert reopened.own_status == ""


def test_a_customer_without_a_name_goes_by_the_address(cast):
    from rapport.channels.contract import Address

    cast.conversation(sender=Address("someone@example.com"))
    assert listing.inbox_page(cast.ana, view="open").rows[0].who == "someone@example.com"


def test_each_view_holds_what_its_name_says(cast):
    mine, nobodys, waits, done = (cast.conversation() for _ in range(4))
    assigning.assign(mine, to=cast.ana, by=cast.sam)
    closing.wait(waits, by=cast.ana)
    closing.close(done, by=cast.ana)
    noting.note(nobodys, by=cast.sam, html="Ana?", mentions=[cast.ana])
    found = {
        view: numbers(listing.inbox_page(cast.ana, view=view)) for view in ("mine", "waiting", "closed", "mentions")
    }
    assert found == {"mine": [mine.pk], "waiting": [waits.pk], "closed": [done.pk], "mentions": [nobodys.pk]}
    assert numbers(listing.inbox_page(cast.ana, view="unassigned")) == [nobodys.pk]
    assert set(numbers(listing.inbox_page(cast.ana, view=f"team:{cast.shop.pk}"))) == {mine.pk, nobodys.pk}


@pytest.mark.parametrize("view", ["", "team:", "team:x", "everything", "team:²"])
def test_a_view_nobody_knows_is_refused(cast, view):
    with pytest.raises(UnknownStatus):
        listing.inbox_page(cast.ana, view=view)


def test_pages_follow_each_other_without_gap_or_double_even_at_the_same_instant(cast):
    now = clock.now()
    made = [cast.conversation(at=now - timedelta(minutes=index // 3)).pk for index in range(10)]
    seen, after = [], None
    for _ in range(5):
        page = listing.inbox_page(cast.ana, view="open", after=after, limit=3)
        seen += numbers(page)
        after = page.after
        if after is None:
            break
        after = Cursor.read(str(after))
    assert len(seen) == 10
    assert set(seen) == set(made)


@pytest.mark.parametrize(
    "written", ["", "~", "x~1", "2026-01-01~1", "2026-01-01T00:00:00+00:00~-1", "~5", "0001-01-01T00:00:00+14:00~5"]
)
def test_a_broken_cursor_is_none(written):
    assert Cursor.read(written) is None


def test_reading_is_each_accounts_own_and_only_moves_forward(cast):
    conversation = cast.conversation()
    first = conversation.last_message_id
    newer = cast.writes("And?", into=conversation)
    reading.mark_read(conversation, by=cast.ana, up_to=newer.pk)
    reading.mark_read(conversation, by=cast.ana, up_to=first)
    assert not listing.inbox_page(cast.ana, view="open").rows[0].unread
    assert listing.inbox_page(cast.sam, view="open").rows[0].unread
    cast.writes("Hello?", into=conversation)
    assert listing.inbox_page(cast.ana, view="open").rows[0].unread


def test_a_neutral_row_is_the_same_for_everybody(cast):
    conversation = cast.conversation()
    row = listing.row(conversation.pk)
    assert row is not None
    assert (row.number, row.unread, row.preview) == (conversation.pk, False, "Where are my tulips?")
    assert listing.row(10**9) is None


def test_a_page_costs_the_same_few_queries_however_long_it_is(cast, django_assert_num_queries):
    for index in range(12):
        tagging.tag(cast.conversation(), name=f"tag {index}", by=cast.ana)
    ana = again(cast.ana)
    assert ana.rights
    assert ana.team_ids
    with django_assert_num_queries(5):  # the switch, ids of the page, their rows, tags, read marks
        assert len(listing.inbox_page(ana, view="open").rows) == 12


def test_counts_cost_three_queries(cast, django_assert_num_queries):
    assigning.assign(cast.conversation(), to=cast.ana, by=cast.sam)
    closing.wait(cast.conversation(), by=cast.ana)
    cast.conversation()
    ana = again(cast.ana)
    assert ana.rights
    assert ana.team_ids
    with django_assert_num_queries(3):  # the switch, groups, mentions
        counts = listing.counts(ana)
    assert counts == {
        "mine": 1, "unassigned": 1, "open": 2, "waiting": 1, "snoozed": 0, "spam": 0, "mentions": 0,
        f"team:{cast.shop.pk}": 2,
    }  # fmt: skip
