"""Presets: each can be applied, exchanged for another, and never takes what is in use."""

from __future__ import annotations

import pytest

from rapport.conversations import tagging
from rapport.conversations.models import Macro, Tag
from rapport.conversations.tests.cast import Cast, make_cast
from rapport.desk.settings.pages import HIDABLE
from rapport.hours import keeping
from rapport.hours.week import Week
from rapport.people import installing
from rapport.people.models import Account, Team
from rapport.presets import applying, offering

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


PRESETS = {one.key: one for one in offering.presets()}


@pytest.mark.parametrize("preset", offering.presets(), ids=lambda preset: preset.key)
def test_each_preset_brings_what_it_says(cast, preset):
    applying.apply(preset, by=cast.flora, time_zone="Europe/Berlin")
    assert set(preset.teams) <= set(Team.objects.filter(ended_at=None).values_list("name", flat=True))
    assert set(preset.tags) <= set(Tag.objects.values_list("name", flat=True))
    assert {one.name for one in preset.macros} <= set(Macro.objects.values_list("name", flat=True))
    assert keeping.current() == Week("Europe/Berlin", preset.days)
    assert installing.current().hidden == sorted(preset.hidden)
    assert set(preset.hidden) <= set(HIDABLE)
    me = Account.objects.get(pk=cast.flora.pk)
    assert Team.objects.get(name=preset.teams[0]).pk in me.team_ids


def test_another_choice_takes_the_first_one_back_but_not_what_is_in_use(cast):
    large, shop = PRESETS["large"], PRESETS["shop"]
    made = applying.apply(large, by=cast.flora, time_zone="UTC")
    conversation = cast.conversation()
    tagging.tag(conversation, name="outage", by=cast.flora)
    type(conversation).objects.filter(pk=conversation.pk).update(team=Team.objects.get(name="Billing"))
    applying.take_back(made, by=cast.flora)
    applying.apply(shop, by=cast.flora, time_zone="UTC")
    left = set(Team.objects.values_list("name", flat=True)) - set(shop.teams)
    assert left == {"Shop", "Drivers", "Billing"}
    assert set(Tag.objects.values_list("name", flat=True)) == {"outage", *shop.tags}
    assert set(Macro.objects.values_list("name", flat=True)) == {one.name for one in shop.macros}


def test_applying_twice_makes_nothing_twice(cast):
    florist = PRESETS["florist"]
    applying.apply(florist, by=cast.flora, time_zone="UTC")
    assert applying.apply(florist, by=cast.flora, time_zone="UTC") == {"teams": [], "tags": [], "macros": []}
