"""A view in columns: everything of it in exactly one, in its order, and nothing that one may not see."""

from __future__ import annotations

import random
from types import SimpleNamespace

import pytest

from rapport.conversations import access, boards, filtering, ordering, shaping
from rapport.conversations.boards import OTHERS, By
from rapport.conversations.filtering import Condition, Filter, Operator
from rapport.conversations.models import Conversation, Involvement
from rapport.conversations.ordering import ACTIVITY, WAITING
from rapport.conversations.tests.cast import again
from rapport.conversations.tests.test_looking import FILTERS, scattered

__all__ = ["scattered"]

STANDARD = ("mine", "unassigned", "longest", "mentions", "open", "waiting", "all", "spam")
IS, NOT = Operator.IS, Operator.IS_NOT


@pytest.fixture
def shaped(cast, scattered):
    """Some of the sixty stand in statuses of the company's own; one of those was put away since."""
    with_supplier, old = (shaping.create_status(name, kind="waiting", by=cast.flora) for name in ("Supplier", "Old"))
    waiting = [one.pk for one in scattered if one.status == "waiting"]
    Conversation.objects.filter(pk__in=waiting[:3]).update(own_status_id=with_supplier.pk)
    Conversation.objects.filter(pk__in=waiting[3:5]).update(own_status_id=old.pk)
    shaping.archive(old, by=cast.flora)
    return SimpleNamespace(own=f"own:{with_supplier.pk}", rows=scattered)


def walked(account, board, lane):
    """All pages of a column."""
    page = boards.cards(account, board, lane, limit=3)
    found = [key.number for key in page.keys]
    while page.after is not None:
        assert len(found) < 100, "a column without an end"
        page = boards.cards(account, board, lane, after=page.after, limit=3)
        found += [key.number for key in page.keys]
    return found


def expected(account, board, order):
    """What the board holds, asked at once in this order and looked through here."""
    seen = access.conversations_visible_to(account).filter(merged_into=None)
    seen = seen.filter(**{f"{order.column}__isnull": False})
    chosen = Filter(board.conditions)
    rows = filtering.apply(chosen, seen.filter(status__in=filtering.statuses(chosen)), account=account)
    if board.source == "mentions":
        asked = Involvement.objects.filter(account=account).exclude(reason="following")
        rows = rows.filter(pk__in=asked.values("conversation_id"))
    return list(rows.order_by(*order.by()))


@pytest.mark.parametrize("by", By)
def test_all_of_a_view_stands_in_one_column_each_in_its_order(cast, shaped, by):
    views: list[tuple[str, Filter | None]] = [(view, None) for view in (*STANDARD, f"team:{cast.shop.pk}")]
    views += [("v1", chosen) for chosen in FILTERS.values()]
    for account in map(again, (cast.flora, cast.ana, cast.kim)):
        for view, chosen in views:
            if by not in boards.ways(account, view, chosen):
                continue
            order = WAITING if view == "longest" else ACTIVITY
            if chosen is not None:
                order = random.Random(str(chosen)).choice(list(ordering.ORDERS.values()))
            board = boards.board(account, view, chosen, by=by, order=order)
            held = {key: expected(account, board, key) for key in {board.order_of(lane) for lane in board.lanes}}
            every = {one.pk: one for rows in held.values() for one in rows}
            stands = {pk: boards.lane_of(account, board, one) for pk, one in every.items()}
            for lane in board.lanes:
                there = [one.pk for one in held[board.order_of(lane)] if stands[one.pk] == lane]
                assert walked(account, board, lane) == there, (account, view, by, lane.key)


def test_columns_are_the_statuses_with_the_companys_own_and_those_put_away_count_as_their_kind(cast, shaped):
    board = boards.board(cast.flora, "open", None, by=By.STATUS, order=ACTIVITY)
    assert [lane.key for lane in board.lanes] == ["open", "waiting", shaped.own, "snoozed", "closed"]
    held = {lane.key: walked(cast.flora, board, lane) for lane in board.lanes}
    assert len(held[shaped.own]) == 3
    plain = Conversation.objects.filter(status="waiting", merged_into=None).exclude(pk__in=held[shaped.own])
    assert set(held["waiting"]) == set(plain.values_list("pk", flat=True))


@pytest.mark.parametrize(
    ("parts", "keys"),
    [
        ([("status", IS, "open")], ["open", "waiting", "snoozed", "closed"]),
        ([("status", NOT, "closed")], ["open", "waiting", "snoozed"]),
        ([("is", IS, "open"), ("status", NOT, "snoozed")], ["open", "waiting", "closed"]),
        ([("status", IS, "spam")], []),
    ],
)
def test_the_views_own_word_for_one_status_is_left_out_and_every_other_holds(cast, parts, keys):
    chosen = Filter(tuple(Condition(*part) for part in parts))
    assert (By.STATUS in boards.ways(cast.flora, "v1", chosen)) == bool(keys)
    board = boards.board(cast.flora, "v1", chosen, by=By.STATUS, order=ACTIVITY)
    assert [lane.key for lane in board.lanes] == keys


def test_columns_of_people_are_nobody_oneself_and_who_answers_in_ones_teams(cast):
    def names(account):
        board = boards.board(again(account), "unassigned", None, by=By.ASSIGNEE, order=ACTIVITY)
        return [lane.name for lane in board.lanes]

    assert names(cast.ana) == ["Nobody", "Me", "Sam Silva", "Somebody else"]  # Eva left
    assert names(cast.flora) == ["Nobody", "Me", "Ana Adler", "Ben Berg", "Sam Silva", "Somebody else"]


def test_who_and_which_team_has_no_column_of_its_own_stands_in_the_last(cast, monkeypatch):
    monkeypatch.setattr(boards, "MOST_LANES", 1)
    theirs = cast.conversation()
    Conversation.objects.filter(pk=theirs.pk).update(assignee=cast.sam, team=cast.shop)
    flora = again(cast.flora)
    for by in (By.ASSIGNEE, By.TEAM):
        board = boards.board(flora, "open", None, by=by, order=ACTIVITY)
        assert (board.lanes[-1].key, board.lanes[-1].takes) == (OTHERS, False)
        assert walked(flora, board, board.lanes[-1]) == [theirs.pk]


def test_what_one_sent_is_a_board_too(cast):
    first, second = cast.conversation("one"), cast.conversation("two")
    for conversation in (first, second):
        cast.replies(conversation)
    cast.replies(cast.conversation("three"), by=cast.sam)
    Conversation.objects.filter(pk=first.pk).update(status="closed")
    ana = again(cast.ana)
    board = boards.board(ana, "sent", None, by=By.STATUS, order=ACTIVITY)
    held = {lane.key: walked(ana, board, lane) for lane in board.lanes}
    assert (held["closed"], sorted(one for lane in held.values() for one in lane)) == (
        [first.pk],
        [first.pk, second.pk],
    )
