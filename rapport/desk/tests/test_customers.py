"""The page of a customer, over HTTP."""

from __future__ import annotations

from rapport.desk.tests.seated import ana, at_desk, ben, cast
from rapport.people.models import Customer

__all__ = ["ana", "ben", "cast"]


def test_it_shows_only_the_conversations_one_may_see(cast, ana, ben):
    cast.conversation(subject="About my tulips")
    address = f"/customers/{cast.carla.pk}/"
    assert b"About my tulips" in ana.get(address).content
    assert b"About my tulips" not in ben.get(address).content


def test_who_reads_no_customers_mail_sees_no_customers(cast, ana):
    address = f"/customers/{cast.carla.pk}/"
    assert ana.get(address).status_code == 200
    assert at_desk(cast.kim).get(address).status_code == 404


def test_two_customers_become_one_person_and_two_again(cast, ana):
    ana.post(f"/customers/{cast.dan.pk}/merge/", {"into": cast.carla.pk})
    assert Customer.objects.get(pk=cast.dan.pk).canonical == cast.carla
    ana.post(f"/customers/{cast.dan.pk}/merge/undo/")
    assert Customer.objects.get(pk=cast.dan.pk).canonical is None


def test_only_who_may_edit_customers_merges_them(cast, ana):
    form = {"into": cast.carla.pk}
    assert at_desk(cast.kim).post(f"/customers/{cast.dan.pk}/merge/", form).status_code == 403
    assert Customer.objects.get(pk=cast.dan.pk).canonical is None
    assert ana.post(f"/customers/{cast.dan.pk}/merge/", form).status_code == 302


def test_a_merged_customer_leads_to_the_living_one(cast, ana):
    ana.post(f"/customers/{cast.dan.pk}/merge/", {"into": cast.carla.pk})
    assert ana.get(f"/customers/{cast.dan.pk}/")["Location"] == f"/customers/{cast.carla.pk}/"


def test_the_side_panel_remembers_what_else_the_customer_wrote(cast, ana):
    cast.conversation(subject="The first time")
    second = cast.conversation("Again", subject="The second time")
    assert b"The first time" in ana.get(f"/conversations/{second.pk}/?view=mine").content
