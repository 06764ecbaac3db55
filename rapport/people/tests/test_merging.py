"""Two rows, one person."""

from __future__ import annotations

import pytest

from rapport.events.models import Event
from rapport.people import listing, merging
from rapport.people.errors import CannotMerge, NotMerged
from rapport.people.models import Customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def rosa() -> Customer:
    return Customer.objects.create(name="Rosa")


@pytest.fixture
def double() -> Customer:
    return Customer.objects.create(name="R. Lund")


def test_merging_points_to_the_living_customer_and_keeps_both_rows(rosa, double, cast):
    assert merging.merge(double, into=rosa, by=cast.ann) == rosa
    double.refresh_from_db()
    assert double.canonical == rosa
    event = Event.objects.get(kind="customer.merged")
    assert (event.subject_id, event.actor_id, event.data) == (double.pk, cast.ann.pk, {"into": rosa.pk})


def test_undoing_a_merge_makes_both_stand_for_themselves(rosa, double):
    merging.merge(double, into=rosa, by=None)
    assert merging.undo_merge(double, by=None).canonical is None
    assert Event.objects.get(kind="customer.unmerged").data == {"from": rosa.pk}


def test_a_customer_cannot_be_merged_with_itself_or_its_own_merges(rosa, double):
    merging.merge(double, into=rosa, by=None)
    for source, target in ((rosa, rosa), (rosa, Customer.objects.get(pk=double.pk))):
        with pytest.raises(CannotMerge):
            merging.merge(source, into=target, by=None)


def test_there_is_nothing_to_undo_for_a_living_customer(rosa):
    with pytest.raises(NotMerged):
        merging.undo_merge(rosa, by=None)


def test_merges_upon_merges_are_one_family_and_undo_takes_a_branch_along(rosa, double):
    third = Customer.objects.create(name="Rosa L.")
    merging.merge(third, into=double, by=None)
    merging.merge(double, into=rosa, by=None)
    third = Customer.objects.get(pk=third.pk)
    assert set(listing.customer_family(third)) == {rosa.pk, double.pk, third.pk}
    merging.undo_merge(double, by=None)
    third = Customer.objects.get(pk=third.pk)
    assert set(listing.customer_family(third)) == {double.pk, third.pk}
    assert listing.customer_family(rosa) == [rosa.pk]
