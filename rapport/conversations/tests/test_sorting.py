"""Tags kept in order: what conversations carry stays, and what was merged can be parted again."""

from __future__ import annotations

import pytest

from rapport.conversations import directory, filtering, listing, sorting, surroundings, tagging
from rapport.conversations.errors import CannotMerge, NameTaken, NoName, NotAllowed, NotFound, NotMerged
from rapport.conversations.models import Conversation, Tag
from rapport.conversations.sorting import Named
from rapport.conversations.tests.cast import fresh


@pytest.fixture
def tulips(cast):
    found = cast.conversation()
    tagging.tag(found, name="Refund", by=cast.ana)
    return found


@pytest.fixture
def roses(cast):
    found = cast.conversation("Roses")
    tagging.tag(found, name="Money back", by=cast.ana)
    return found


def named(name: str) -> Tag:
    return Tag.objects.get(folded=tagging.folded_name(name))


def shown(cast, conversation) -> list[str]:
    return surroundings.read(cast.flora, fresh(conversation), None).tags


def found(words: str) -> set[int]:
    chosen = filtering.parse_query(words)
    return set(filtering.apply(chosen, Conversation.objects.all(), account=None).values_list("pk", flat=True))


def test_a_tag_is_renamed_coloured_and_described(cast, tulips):
    sorting.change(named("refund"), Named("Refunds", "rose", "Money goes back"), by=cast.sam)
    assert shown(cast, tulips) == ["Refunds"]
    assert surroundings.read(cast.flora, tulips, None).colours == {"Refunds": "rose"}
    assert found("tag:refunds") == {tulips.pk}


def test_a_name_is_taken_once_and_is_a_word(cast, tulips, roses):
    with pytest.raises(NameTaken):
        sorting.change(named("refund"), Named("MONEY BACK"), by=cast.sam)
    with pytest.raises(NoName):
        sorting.change(named("refund"), Named(" . "[:1]), by=cast.sam)
    with pytest.raises(NotAllowed):
        sorting.change(named("refund"), Named("Mine"), by=cast.ana)


def test_an_archived_tag_is_offered_to_nobody_and_its_word_brings_it_back(cast, tulips, roses):
    sorting.set_archived(named("refund"), archived=True, by=cast.sam)
    assert directory.read().tags == ("Money back",)
    assert shown(cast, tulips) == ["Refund"]
    tagging.tag(roses, name="refund", by=cast.ana)
    assert directory.read().tags == ("Money back", "Refund")


def test_one_tag_stands_for_two_and_the_merge_is_undone(cast, tulips, roses):
    tagging.tag(tulips, name="money back", by=cast.ana)
    both, only = cast.conversation("Both"), cast.conversation("New")
    tagging.tag(both, name="money back", by=cast.ana)
    refund, money = named("refund"), named("money back")
    sorting.merge(money, into=refund, by=cast.sam)
    assert (shown(cast, tulips), shown(cast, roses), shown(cast, both)) == (["Refund"], ["Refund"], ["Refund"])
    assert found("tag:refund") == found('tag:"money back"') == {tulips.pk, roses.pk, both.pk}
    tagging.tag(only, name="Money Back", by=cast.ana)
    tagging.untag(both, name="refund", by=cast.ana)
    assert shown(cast, only) == ["Refund"]
    listed = listing.rows(Conversation.objects.all(), cast.flora, [tulips.pk])
    assert listed[0].tags == (("Refund", ""),)
    sorting.undo_merge(named("money back"), by=cast.sam)
    assert shown(cast, tulips) == ["Money back", "Refund"]
    assert (shown(cast, roses), shown(cast, only), shown(cast, both)) == (["Money back"], ["Refund"], [])


def test_a_merge_needs_two_living_tags(cast, tulips, roses):
    refund, money = named("refund"), named("money back")
    with pytest.raises(CannotMerge):
        sorting.merge(refund, into=refund, by=cast.sam)
    sorting.merge(money, into=refund, by=cast.sam)
    with pytest.raises(CannotMerge):
        sorting.merge(refund, into=named("money back"), by=cast.sam)
    with pytest.raises(NotFound):
        sorting.named(cast.sam, "money back")
    with pytest.raises(NotMerged):
        sorting.undo_merge(named("refund"), by=cast.sam)


def test_the_list_is_one_statement_with_counts_that_end(cast, tulips, roses, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(sorting, "COUNTED", 2)
    monkeypatch.setattr(sorting, "PAGE", 1)
    for _ in range(3):
        tagging.tag(cast.conversation("More"), name="refund", by=cast.ana)
    with django_assert_num_queries(1):
        first, after = sorting.listed()
    second, end = sorting.listed(after=after)
    assert [(tag.name, tag.uses) for tag in first + second] == [("Money back", 1), ("Refund", 2)]
    assert end == ""
    assert [tag.name for tag in sorting.listed("fun")[0]] == ["Refund"]
