"""Boards over HTTP: what stands in the columns, who may move what, and the way back."""

from __future__ import annotations

import json
import re

import pytest

from rapport.conversations import assigning, boards, saving_views, shaping, snoozing, spamming, ticking
from rapport.conversations.filtering import Condition, Filter, Operator
from rapport.conversations.models import Arrangement, Conversation, Involvement
from rapport.conversations.saving_views import Prepared
from rapport.conversations.tests.cast import fresh, in_minutes
from rapport.desk.board import showing
from rapport.desk.tests.seated import HTMX, ana, at_desk, ben, cast

__all__ = ["ana", "ben", "cast"]

STATUS = "?view=open&by=status"
PEOPLE = "?view=unassigned&by=assignee"
TEAMS = "?view=open&by=team"


def lanes(client, query=STATUS):
    """Numbers of the cards and the count, by column, as the page shows them."""
    page = client.get(f"/inbox/board/{query}").content.decode()
    found = {}
    for part in re.split(r'<section class="lane"', page)[1:]:
        (key,), (count,) = re.findall(r'data-lane="([^"]+)"', part), re.findall(r"data-number-of>([^<]*)<", part)
        found[key] = [int(number) for number in re.findall(r'id="row-(\d+)"', part)], count
    return found


def put(client, conversation, to, query=STATUS, **fields):
    return client.post(f"/inbox/board/cards/{conversation.pk}/place/{query}", {"to": to, **fields}, **HTMX)


def done(answer):
    return json.loads(answer["HX-Trigger"])["rapport:done"]


def refusal(answer):
    return json.loads(answer["HX-Trigger"])["rapport:refused"]["sentence"]


def state(conversation):
    now = fresh(conversation)
    return now.status, now.own_status_id, now.assignee_id, now.team_id, now.snoozed_until


def test_a_board_holds_what_one_sees_by_column_and_nothing_else(cast, ana, ben):
    tulips, roses = cast.conversation("Tulips"), cast.conversation("Roses")
    put(ana, roses, "waiting")
    shown = lanes(ana)
    assert (shown["open"], shown["waiting"], shown["closed"]) == (([tulips.pk], "1"), ([roses.pk], "1"), ([], "0"))
    assert all(lane == ([], "0") for lane in lanes(ben).values())
    Involvement.objects.create(account=cast.kim, conversation=tulips, reason="asked")
    kim = at_desk(cast.kim)
    assert (lanes(kim)["open"], "data-moves" in kim.get(f"/inbox/board/{STATUS}").content.decode()) == (
        ([tulips.pk], "1"),
        False,
    )


@pytest.mark.parametrize(
    ("query", "to", "changed"),
    [
        (STATUS, lambda cast: "waiting", "status"),
        (STATUS, lambda cast: "closed", "status"),
        (STATUS, lambda cast: "snoozed", "status"),
        (PEOPLE, lambda cast: str(cast.sam.pk), "assignee_id"),
        (PEOPLE, lambda cast: str(cast.ana.pk), "assignee_id"),
        (TEAMS, lambda cast: str(cast.drivers.pk), "team_id"),
        (TEAMS, lambda cast: "none", "team_id"),
    ],
)
def test_a_card_that_is_put_elsewhere_is_changed_by_the_verb_and_comes_back(cast, ana, query, to, changed):
    conversation = cast.conversation()
    before = state(conversation)
    answer = done(put(ana, conversation, to(cast), query))
    assert (answer["numbers"], state(conversation) != before) == ([conversation.pk], True)
    held = getattr(fresh(conversation), changed)
    assert to(cast) in (str(held), "none" if held is None else "")
    assert ana.post(answer["undo"], **HTMX).status_code == 204
    assert state(conversation) == before


def test_what_sleeps_is_woken_and_sleeps_again_when_that_is_taken_back(cast, ana):
    conversation = snoozing.snooze(cast.conversation(), until=in_minutes(90).replace(microsecond=0), by=cast.ana)
    before = state(conversation)
    answer = done(put(ana, conversation, "open"))
    assert fresh(conversation).status == "open"
    ana.post(answer["undo"], **HTMX)
    assert state(conversation) == before


def test_a_step_that_the_company_does_not_allow_is_refused_and_shown_before(cast, ana):
    conversation = cast.conversation()
    shaping.set_moves([("open", "closed")], by=cast.flora)
    answer = put(ana, conversation, "closed")
    assert (answer.status_code, fresh(conversation).status) == (409, "open")
    assert "From “Open” your company allows no step to “Closed”" in refusal(answer)
    page = ana.get(f"/inbox/board/{STATUS}").content.decode()
    assert 'data-lane="open" data-order="activity" data-barred="closed"' in page
    choices = ana.get(f"/inbox/board/cards/{conversation.pk}/place/{STATUS}", **HTMX).content.decode()
    assert ('value="waiting"' in choices, 'value="closed"' in choices) == (True, False)


def test_an_own_status_is_a_column_with_a_way_in_and_out(cast, ana):
    own = shaping.create_status("With the supplier", kind="waiting", by=cast.flora)
    conversation = cast.conversation()
    put(ana, conversation, f"own:{own.pk}")
    assert (state(conversation)[:2], lanes(ana)[f"own:{own.pk}"][0]) == (("waiting", own.pk), [conversation.pk])
    put(ana, conversation, "waiting")
    assert (state(conversation)[:2], lanes(ana)["waiting"][0]) == (("waiting", None), [conversation.pk])


def test_closing_warns_of_what_is_left_on_a_checklist(cast, ana):
    template = shaping.create_checklist("Wedding", items=["Ask for the date"], by=cast.flora)
    conversation = cast.conversation()
    ticking.add(conversation, template, by=cast.ana)
    assert "still open on its checklists: 1" in done(put(ana, conversation, "closed"))["toast"]


@pytest.mark.parametrize(
    ("to", "query", "status"),
    [
        ("others", PEOPLE, 404),
        ("4711", PEOPLE, 404),
        ("none", STATUS, 404),
        ("own:77", STATUS, 404),
        ("closed", "?view=open&by=moon", 400),
        ("closed", "?view=spam&by=status", 400),
    ],
)
def test_what_no_column_is_takes_no_card(cast, ana, to, query, status):
    conversation = cast.conversation()
    before = state(conversation)
    assert (put(ana, conversation, to, query).status_code, state(conversation)) == (status, before)


def test_nobody_moves_what_they_may_not_see_or_not_manage(cast, ana, ben):
    conversation = cast.conversation()
    Involvement.objects.create(account=cast.kim, conversation=conversation, reason="asked")
    assert (
        put(ben, conversation, "closed").status_code,
        put(at_desk(cast.kim), conversation, "closed").status_code,
    ) == (
        404,
        403,
    )
    assert fresh(conversation).status == "open"


def test_who_hands_out_what_somebody_took_meanwhile_is_told(cast, ana):
    conversation = cast.conversation()
    assigning.assign(fresh(conversation), to=cast.sam, by=cast.sam)
    answer = put(ana, conversation, str(cast.ana.pk), PEOPLE, **{"from": "nobody"})
    assert (answer.status_code, fresh(conversation).assignee) == (409, cast.sam)
    put(ana, conversation, str(cast.ana.pk), PEOPLE, **{"from": str(cast.sam.pk)})
    assert fresh(conversation).assignee == cast.ana


def test_columns_go_on_without_gap_or_repetition_and_say_how_much_they_know(cast, ana, monkeypatch):
    monkeypatch.setattr(showing, "CARDS", 2)
    monkeypatch.setattr(boards, "COUNTED", 3)
    numbers = [cast.conversation(f"Number {n}").pk for n in range(5)][::-1]
    page = ana.get(f"/inbox/board/{STATUS}").content.decode()
    assert lanes(ana)["open"] == (numbers[:2], "3+")
    found = numbers[:2]
    while more := re.search(r'hx-get="(/inbox/board/lanes/[^"]+after=[^"]+)"', page):
        page = ana.get(more[1].replace("&amp;", "&"), **HTMX).content.decode()
        found += [int(number) for number in re.findall(r'id="row-(\d+)"', page)]
    assert found == numbers
    assert ana.get(f"/inbox/board/counts/{STATUS}&lane=open&lane=closed").json() == {"open": "3+", "closed": "0"}


def test_columns_beyond_the_first_few_wait_until_they_are_seen(cast, ana, monkeypatch):
    monkeypatch.setattr(showing, "AT_ONCE", 1)
    conversation = cast.conversation()
    put(ana, conversation, "closed")
    assert lanes(ana)["closed"] == ([], "")
    part = ana.get(f"/inbox/board/lanes/{STATUS}&lane=closed", **HTMX).content.decode()
    assert (f'id="row-{conversation.pk}"' in part, "data-number-of>1<" in part) == (True, True)
    assert lanes(ana, f"{STATUS}&first=closed")["closed"] == ([conversation.pk], "1")


def test_one_card_says_where_it_stands_and_is_not_found_where_it_does_not(cast, ana, ben):
    conversation = cast.conversation()
    address = f"/inbox/board/cards/{conversation.pk}/{STATUS}"
    assert b'data-lane="open"' in ana.get(address, **HTMX).content
    assert ben.get(address, **HTMX).status_code == 404
    spamming.mark_spam(fresh(conversation), by=cast.ana)
    assert ana.get(address, **HTMX).status_code == 404


def test_a_saved_view_is_a_board_of_what_fits(cast, ana):
    fits, other = cast.conversation("Tulips"), cast.conversation("Roses")
    Conversation.objects.filter(pk=fits.pk).update(priority=3)
    chosen = Filter((Condition("status", Operator.IS, "open"), Condition("priority", Operator.IS, "urgent")))
    view = saving_views.create(Prepared("Urgent", chosen), by=cast.ana, owner=cast.ana)
    query = f"?view={view.key}&by=status"
    assert lanes(ana, query)["open"] == ([fits.pk], "1")
    assert ana.get(f"/inbox/board/cards/{other.pk}/{query}", **HTMX).status_code == 404
    assert at_desk(cast.sam).get(f"/inbox/board/{query}").status_code == 404


def test_whoever_chose_the_board_finds_it_there_and_the_list_again(cast, ana):
    assert ana.post("/inbox/layout/", {"view": "unassigned"})["Location"] == "/inbox/board/?view=unassigned&by=assignee"
    assert ana.get("/inbox/?view=unassigned")["Location"] == "/inbox/board/?view=unassigned&by=assignee"
    assert ana.get("/inbox/?view=unassigned&by=list").status_code == ana.get("/inbox/?view=open").status_code == 200
    assert at_desk(cast.sam).get("/inbox/?view=unassigned").status_code == 200
    assert ana.post("/inbox/layout/", {"view": "unassigned", "by": "list"})["Location"] == "/inbox/?view=unassigned"
    assert ana.get("/inbox/?view=unassigned").status_code == 200
    assert ana.post("/inbox/layout/", {"view": "open", "by": "moon"}).status_code == 400
    # What a view cannot be (any more) leads nobody round in a circle.
    Arrangement.objects.filter(account=cast.ana).update(layouts={"spam": "status"})
    assert ana.get("/inbox/?view=spam").status_code == 200


def test_without_scripts_a_card_moves_by_a_page_and_its_conversation_leads_back(cast, ana):
    conversation = cast.conversation()
    page = ana.get(f"/inbox/board/cards/{conversation.pk}/place/{STATUS}").content.decode()
    assert re.search(r'<button class="menu__item" name="to" value="waiting"', page)
    answer = ana.post(f"/inbox/board/cards/{conversation.pk}/place/{STATUS}", {"to": "waiting", "from": "open"})
    assert (answer["Location"], fresh(conversation).status) == (f"/inbox/board/{STATUS}", "waiting")
    opened = ana.get(f"/conversations/{conversation.pk}/{STATUS}").content.decode()
    assert 'href="/inbox/board/?view=open&amp;by=status"' in opened


@pytest.mark.parametrize("conversations", [1, 30])
@pytest.mark.parametrize(("query", "most"), [(STATUS, 22), (PEOPLE, 24), (TEAMS, 22)])
def test_a_board_asks_the_same_for_one_card_and_for_thirty(
    cast, ana, django_assert_max_num_queries, conversations, query, most
):
    for number in range(conversations):
        cast.conversation(f"Number {number}")
    ana.get(f"/inbox/board/{query}")
    with django_assert_max_num_queries(most):
        ana.get(f"/inbox/board/{query}")
