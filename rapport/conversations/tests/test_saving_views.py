"""Who keeps which views, who sees them, and how somebody arranges their own rail."""

from __future__ import annotations

from typing import Any

import pytest

from rapport.conversations import arranging, saving_views
from rapport.conversations.errors import NoName, NotAllowed, NotFound, TooMany
from rapport.conversations.filtering import Condition, Filter, Operator
from rapport.conversations.saving_views import Prepared
from rapport.events.models import Event

OPEN = Filter((Condition("status", Operator.IS, "open"),))


def names(account):
    return {view.name for view in saving_views.listed_for(account)}


def test_each_sees_their_own_their_teams_and_everybodys(cast):
    saving_views.create(Prepared("Ana’s", OPEN), by=cast.ana, owner=cast.ana)
    saving_views.create(Prepared("Shop’s", OPEN), by=cast.sam, team=cast.shop)
    everybodys = saving_views.create(Prepared("All’s", OPEN), by=cast.flora)
    assert names(cast.ana) == {"Ana’s", "Shop’s", "All’s"}
    assert names(cast.sam) == {"Shop’s", "All’s"}
    assert names(cast.ben) == {"All’s"}
    assert names(cast.eva) == set()
    saving_views.archive(everybodys, by=cast.flora)
    assert names(cast.ben) == set()
    saving_views.restore(everybodys, by=cast.flora)
    assert names(cast.ben) == {"All’s"}


@pytest.mark.parametrize(
    ("who", "whose", "allowed"),
    [
        ("ana", "ana", True), ("sam", "ana", False), ("flora", "ana", False), ("kim", "kim", True),
        ("sam", "shop", True), ("ana", "shop", False), ("sam", "drivers", False), ("flora", "drivers", True),
        ("flora", None, True), ("sam", None, False),
    ],
)  # fmt: skip
def test_only_its_keepers_make_or_change_a_view(cast, who, whose, allowed):
    by = getattr(cast, who)
    of = getattr(cast, whose) if whose else None
    owned = {} if of is None else {"team": of} if whose in ("shop", "drivers") else {"owner": of}
    keeper: Any = of if "owner" in owned else cast.flora
    view = saving_views.create(Prepared("Its own", OPEN), by=keeper, **owned)
    assert (view in saving_views.changeable_by(by)) == allowed
    if allowed:
        assert saving_views.change(view, Prepared("Other", OPEN), by=by).name == "Other"
        return
    for act in (
        lambda: saving_views.create(Prepared("x", OPEN), by=by, **owned),
        lambda: saving_views.change(view, Prepared("x", OPEN), by=by),
        lambda: saving_views.archive(view, by=by),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_a_view_needs_a_name_and_there_are_not_endless_many(cast, monkeypatch):
    monkeypatch.setattr(saving_views, "MOST_VIEWS", 1)
    with pytest.raises(NoName):
        saving_views.create(Prepared(" \n ", OPEN), by=cast.ana, owner=cast.ana)
    view = saving_views.create(Prepared("One", OPEN, icon="<b>", ordering="x", columns=["x", "tags"]), by=cast.flora)
    assert (view.icon, view.ordering, view.columns) == ("", "activity", ["tags"])
    with pytest.raises(TooMany):
        saving_views.create(Prepared("Two", OPEN), by=cast.flora)
    with pytest.raises(NotFound):
        saving_views.get(cast.ana, 2**70)


def test_what_changed_is_told_by_an_event(cast):
    view = saving_views.create(Prepared("Open", OPEN), by=cast.flora)
    event = Event.objects.get(kind="view.created")
    assert (event.subject_id, event.actor_id) == (view.pk, cast.flora.pk)
    assert (event.area, event.data["after"]["name"]) == ("view", "Open")
    assert any(field.startswith("condition") for field in event.data["after"])


def test_an_arrangement_is_ones_own_and_forgets_what_is_usual(cast):
    arranging.place(cast.ana, ["open", "mine", "open", "x" * 50], hidden=["spam"])
    arranging.sort(cast.ana, "mine", order="waiting")
    arranging.sort(cast.ana, "open", order="nonsense")
    arranging.show(cast.ana, "mine", columns=["tags", "number", "nonsense"])
    arranging.set_density(cast.ana, density="compact")
    kept = arranging.of(cast.ana)
    assert (kept.places[:2], kept.hidden, kept.density) == (["open", "mine"], ["spam"], "compact")
    assert (kept.orders, kept.columns) == ({"mine": "waiting"}, {"mine": ["tags", "number"]})
    assert arranging.of(cast.sam).places == []
    arranging.sort(cast.ana, "mine", order="")
    arranging.show(cast.ana, "mine", columns=[])
    kept = arranging.of(cast.ana)
    assert (kept.orders, kept.columns) == ({}, {})
