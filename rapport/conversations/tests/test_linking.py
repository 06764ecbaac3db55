"""Conversations that belong together, and what each viewer learns of the other end."""

from __future__ import annotations

import pytest

from rapport.conversations import closing, linking, merging, neighbours
from rapport.conversations.errors import CannotLink, NotFound, UnknownStatus
from rapport.conversations.models import Link
from rapport.conversations.tests.cast import fresh, kinds


def seen(account, conversation):
    return [(one.role, one.number, one.status) for one in neighbours.linked(account, [conversation.pk])]


@pytest.mark.parametrize(
    ("role", "back"),
    [
        ("related", "related"),
        ("incident", "problem"),
        ("problem", "incident"),
        ("child", "parent"),
        ("parent", "child"),
    ],
)
def test_each_end_shows_the_other_in_its_role(cast, role, back):
    one, other = cast.conversation("One"), cast.conversation("Other")
    first = linking.link(one, to=other, role=role, by=cast.ana)
    assert linking.link(one, to=other, role=role, by=cast.ana) == first
    assert linking.link(other, to=one, role=back, by=cast.ana) == first
    assert seen(cast.ana, one) == [(role, other.pk, "open")]
    assert seen(cast.ana, other) == [(back, one.pk, "open")]
    assert [kinds(row).count("conversation.linked") for row in (one, other)] == [1, 1]
    linking.unlink(other, first.pk, by=cast.ana)
    assert seen(cast.ana, one) == []


def test_what_cannot_be_linked(cast):
    one, other = cast.conversation(), cast.conversation()
    linking.link(one, to=other, role="incident", by=cast.ana)
    with pytest.raises(CannotLink):
        linking.link(one, to=other, role="problem", by=cast.ana)
    with pytest.raises(CannotLink):
        linking.link(one, to=one, role="related", by=cast.ana)
    with pytest.raises(UnknownStatus):
        linking.link(one, to=other, role="cousin", by=cast.ana)
    with pytest.raises(NotFound):
        linking.unlink(cast.conversation(), Link.objects.get().pk, by=cast.ana)


def test_who_may_not_see_the_other_end_learns_that_there_is_one_and_nothing_more(cast):
    mine, theirs = cast.conversation(), cast.conversation("Vans", inbox=cast.drivers_inbox)
    with pytest.raises(NotFound):
        linking.link(mine, to=theirs, role="related", by=cast.ana)
    linking.link(mine, to=theirs, role="problem", by=cast.flora)
    assert seen(cast.ana, mine) == [("problem", None, "")]
    assert seen(cast.flora, mine) == [("problem", theirs.pk, "open")]


def test_open_incidents_are_those_one_sees_and_a_merge_makes_two_ends_one(cast):
    problem = cast.conversation("Cold store")
    cases = [cast.conversation(f"Wilted {n}") for n in range(3)]
    for case in cases:
        linking.link(problem, to=case, role="incident", by=cast.ana)
    closing.close(fresh(cases[0]), by=cast.ana)
    assert [one.number for one in neighbours.open_incidents(cast.ana, [problem.pk])] == [cases[1].pk, cases[2].pk]
    assert neighbours.open_incidents(cast.ben, [problem.pk]) == []
    merging.merge(fresh(cases[1]), into=fresh(problem), by=cast.ana)
    assert [one for one, _, _ in seen(cast.ana, problem)] == ["incident"] * 3
    family = [problem.pk, cases[1].pk]
    assert [one.number for one in neighbours.linked(cast.ana, family)] == [cases[0].pk, cases[2].pk]
