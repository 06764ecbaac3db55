"""The page of a customer, over HTTP."""

from __future__ import annotations

from rapport.desk.tests.seated import HTMX, ana, at_desk, ben, cast
from rapport.people import addressing, attributing, remarking
from rapport.people.attributing import Described
from rapport.people.models import BlockedSender, Customer, CustomerNote, Organisation

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


def test_who_they_are_is_changed_in_one_form_all_or_nothing(cast, ana):
    attributing.define(Described("Customer since", kind="date"), by=cast.flora)
    form = {"name": "Carla C.", "time_zone": "Asia/Tokyo", "organisation": "Conti & Sons", "language": "it"}
    address = f"/customers/{cast.carla.pk}/profile/"
    refused = ana.post(address, {**form, "attribute-customer_since": "soon"})
    assert refused.status_code == 400
    assert "“soon” does not fit Customer since." in refused.content.decode()
    assert Customer.objects.get(pk=cast.carla.pk).time_zone == ""
    ana.post(address, {**form, "attribute-customer_since": "2019-03-02"})
    carla = Customer.objects.get(pk=cast.carla.pk)
    assert (carla.time_zone, carla.attributes) == ("Asia/Tokyo", {"customer_since": "2019-03-02"})
    page = ana.get(f"/customers/{carla.pk}/").content.decode()
    assert all(
        words in page for words in ("Conti &amp; Sons", "Asia/Tokyo", "Local time", "italiano", "Customer since")
    )


def test_notes_carry_who_and_when_and_only_their_author_removes_them(cast, ana, ben):
    ana.post(f"/customers/{cast.carla.pk}/notes/", {"words": "<b>Allergic</b> to lilies"})
    note = CustomerNote.objects.get()
    page = ana.get(f"/customers/{cast.carla.pk}/").content
    assert b"&lt;b&gt;Allergic&lt;/b&gt; to lilies" in page
    assert cast.ana.name.encode() in page
    removal = f"/customers/{cast.carla.pk}/notes/{note.pk}/removal/"
    assert ben.post(removal).status_code == 403
    assert ana.post(removal.replace(str(cast.carla.pk), str(cast.dan.pk), 1)).status_code == 404
    assert ana.post(removal).status_code == 302
    assert not CustomerNote.objects.exists()


def test_a_blocked_customer_says_so_everywhere_and_is_let_in_again(cast, ana):
    conversation = cast.conversation()
    ana.post(f"/customers/{cast.carla.pk}/block/", {"reason": "Threats"})
    assert BlockedSender.objects.get().by == cast.ana
    for address in (f"/customers/{cast.carla.pk}/", f"/conversations/{conversation.pk}/?view=mine"):
        assert b"Blocked" in ana.get(address).content
    ana.post(f"/customers/{cast.carla.pk}/block/", {"remove": "1"})
    assert not BlockedSender.objects.exists()


def test_a_customer_entered_by_hand_with_a_known_address_is_the_one_who_is_known(cast, ana):
    ana.post("/customers/", {"name": "Nina", "email": "nina@new.example", "phone": "+44 20 7946 0018"})
    nina = Customer.objects.get(name="Nina")
    assert nina.phone == "+442079460018"
    assert (
        ana.post("/customers/", {"name": "Again", "email": "NINA@new.example"})["Location"] == f"/customers/{nina.pk}/"
    )
    assert ana.post("/customers/", {"name": "Wrong", "phone": "none"}).status_code == 400
    assert not Customer.objects.filter(name__in=["Again", "Wrong"]).exists()


def test_both_are_shown_side_by_side_and_undo_gives_everything_back(cast, ana):
    attributing.define(Described("Shoe size", kind="number"), by=None)
    attributing.set_values(cast.carla, {"shoe_size": "38"}, by=None)
    attributing.set_values(cast.dan, {"shoe_size": "44"}, by=None)
    addressing.add_phone(cast.dan, number="+442079460018", by=None)
    remarking.remark(cast.dan, words="Pays late", by=cast.ana)
    Customer.objects.filter(pk=cast.dan.pk).update(language="fr", vip=True)
    before = {one.pk: (one.name, one.phone, one.language, one.vip, one.attributes) for one in Customer.objects.all()}
    preview = ana.get(f"/customers/{cast.dan.pk}/merge/?into={cast.carla.pk}").content.decode()
    assert all(words in preview for words in ("Dan Dorn", "Carla Conti", "38", "44", "+442079460018", "français"))
    taken = {"into": cast.carla.pk, "taken": ["attribute:shoe_size"]}
    ana.post(f"/customers/{cast.dan.pk}/merge/", taken)
    carla = Customer.objects.get(pk=cast.carla.pk)
    assert (carla.name, carla.language, carla.vip, carla.attributes) == ("Carla Conti", "fr", True, {"shoe_size": 44})
    assert carla.values.get().number == 44
    page = ana.get(f"/customers/{carla.pk}/").content
    assert b"Pays late" in page
    assert b"dan@example.net" in page
    ana.post(f"/customers/{cast.dan.pk}/merge/undo/")
    after = {one.pk: (one.name, one.phone, one.language, one.vip, one.attributes) for one in Customer.objects.all()}
    assert after == before
    assert b"Pays late" not in ana.get(f"/customers/{carla.pk}/").content


def test_undo_keeps_what_was_changed_since(cast, ana):
    Customer.objects.filter(pk=cast.dan.pk).update(language="fr", time_zone="Europe/Paris")
    ana.post(f"/customers/{cast.dan.pk}/merge/", {"into": cast.carla.pk})
    Customer.objects.filter(pk=cast.carla.pk).update(language="it")
    ana.post(f"/customers/{cast.dan.pk}/merge/undo/")
    carla = Customer.objects.get(pk=cast.carla.pk)
    assert (carla.language, carla.time_zone) == ("it", "")


def test_the_same_number_hints_at_one_person(cast, ana):
    for one in (cast.carla, cast.dan):
        addressing.add_phone(one, number="+442079460018", by=None)
    page = ana.get(f"/customers/{cast.carla.pk}/").content.decode()
    assert f"/customers/{cast.carla.pk}/merge/?into={cast.dan.pk}" in page


def test_an_organisation_shows_its_people_and_only_visible_conversations(cast, ana, ben):
    cast.conversation(subject="About my tulips")
    address = f"/organisations/{cast.carla.organisation_id}/"
    for client, sees in ((ana, True), (ben, False)):
        page = client.get(address).content
        assert b"Carla Conti" in page
        assert (b"About my tulips" in page) is sees
    ana.post(f"{address}domains/", {"domain": "conti.example"})
    ana.post(address, {"name": "Conti", "notes": "Since 1999"})
    found = Organisation.objects.get(name="Conti")
    assert set(found.domains.values_list("domain", flat=True)) == {"example.org", "conti.example"}
    assert ana.post(f"{address}domains/", {"domain": "gmail.com"}).status_code == 400


def test_conversations_of_a_customer_come_page_by_page(cast, ana, monkeypatch):
    monkeypatch.setattr("rapport.desk.customers.views.PAGE", 2)
    numbers = [cast.conversation(subject=f"No {n}").pk for n in range(5)]
    seen, address = [], f"/customers/{cast.carla.pk}/"
    page = ana.get(address).content.decode()
    while True:
        seen += [number for number in numbers if f'"/conversations/{number}/"' in page]
        if "hx-get" not in page.split("Last message")[-1] or f'hx-get="{address}?after=' not in page:
            break
        page = ana.get(page.split(f'hx-get="{address}')[1].split('"')[0].join([address, ""]), **HTMX).content.decode()
    assert sorted(seen) == numbers
