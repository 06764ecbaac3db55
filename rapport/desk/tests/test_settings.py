"""Settings: people, teams, inboxes, company; each for the right and the wrong role."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client

from rapport.channels.models import Inbox
from rapport.channels.secrets import read_secrets
from rapport.desk.settings import searching
from rapport.desk.settings.inboxes import examining
from rapport.desk.settings.teams.forms import to_html, to_lines
from rapport.events.models import Event
from rapport.people import installing
from rapport.people.models import Account, Invitation, Team
from rapport.people.roles import role
from rapport.people.tests.cast import Cast, assemble

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    cache.clear()
    return assemble()


def as_(account: Account) -> Client:
    client = Client()
    client.force_login(Account.objects.get(pk=account.pk))
    return client


def inbox_fields(**changed: Any) -> dict[str, Any]:
    return {
        "address": "Shop@flowers.example",
        "name": "Shop",
        "aliases": "hello@flowers.example\nHELLO@flowers.example",
        "acknowledge": "on",
        "is_active": "on",
        "fetch": "on",
        "imap_host": "imap.flowers.example",
        "imap_security": "tls",
        "imap_user": "shop",
        "imap_auth": "password",
        "imap_password": "canary-imap",
        "folders": "INBOX, Orders",
        "start": "days",
        "start_days": "30",
        "after": "move",
        "after_folder": "Done",
        "transport": "smtp",
        "smtp_host": "smtp.flowers.example",
        "smtp_security": "starttls",
        "smtp_auth": "password",
        "smtp_password": "canary-smtp",
        "sent_folder": "Sent",
        **changed,
    }


@pytest.fixture
def inbox(cast: Cast) -> Inbox:
    as_(cast.adam).post("/settings/inboxes/new/", inbox_fields())
    return Inbox.objects.get()


PAGES = [
    "/settings/people/",
    "/settings/people/{ann}/",
    "/settings/inboxes/",
    "/settings/inboxes/new/",
    "/settings/inboxes/{inbox}/",
    "/settings/inboxes/{inbox}/consent/",
    "/settings/company/",
    "/settings/teams/{delivery}/",
]


@pytest.mark.parametrize("page", PAGES)
def test_pages_of_the_installation_open_for_its_administrators_only(cast, inbox, page):
    address = page.format(ann=cast.ann.pk, inbox=inbox.pk, delivery=cast.delivery.pk)
    allowed = [as_(account).get(address).status_code for account in (cast.olga, cast.adam)]
    refused = {as_(account).get(address).status_code for account in (cast.sam, cast.ann, cast.carl)}
    assert allowed == [200, 200]
    assert refused <= {403, 404}


ACTS = [
    "people/invitations/",
    "people/{ann}/",
    "people/{ann}/ending/",
    "people/{fay}/restoration/",
    "people/{ann}/reset/",
    "teams/",
    "teams/{sales}/ending/",
    "inboxes/new/",
    "inboxes/{inbox}/",
    "inboxes/{inbox}/examinations/",
    "company/",
]


@pytest.mark.parametrize("act", ACTS)
def test_acts_on_the_installation_are_refused_to_everybody_else(cast, inbox, act):
    before = Event.objects.count()
    address = "/settings/" + act.format(ann=cast.ann.pk, fay=cast.fay.pk, sales=cast.sales.pk, inbox=inbox.pk)
    everything = {
        **inbox_fields(address="x@flowers.example"),
        "email": "eve@flowers.example",
        "role": "1",
        "company_name": "X",
    }
    statuses = {as_(account).post(address, everything).status_code for account in (cast.sam, cast.ann, cast.carl)}
    assert statuses <= {403, 404}
    assert Event.objects.count() == before


def test_the_home_of_the_settings_shows_each_role_what_it_may_change(cast):
    def shown(account: Account) -> set[str]:
        page = as_(account).get("/settings/").content.decode()
        return {key for key in ("people", "teams", "macros", "inboxes", "company") if f'"/settings/{key}/"' in page}

    assert shown(cast.adam) == {"people", "teams", "macros", "inboxes", "company"}
    assert shown(cast.sam) == {"teams", "macros"}
    assert shown(cast.ann) == {"macros"}


def test_the_search_finds_fields_by_their_words_and_leads_to_them(cast):
    best = searching.find(cast.adam, "company")[0]
    assert (best.title, best.address) == ("Company", "/settings/company/")
    field = next(one for one in searching.find(cast.adam, "évery agent SEES") if one.within == "Company")
    assert field.address == "/settings/company/#id_open_to_all"
    assert field.address.partition("#")[2] in as_(cast.adam).get("/settings/company/").content.decode()
    assert {one.page.key for one in searching.find(cast.adam, "imap server")} == {"inboxes"}
    assert searching.find(cast.ann, "quiet hours")[0].page.key == "told"
    page = as_(cast.adam).get("/settings/", {"q": "imap server"}, HTTP_HX_REQUEST="true").content.decode()
    assert "/settings/inboxes/" in page
    assert "<html" not in page


def test_the_search_names_no_setting_that_one_may_not_open(cast):
    for words in ("imap", "invite", "company", "e"):
        assert {one.page.key for one in searching.find(cast.ann, words)} <= {"account", "told", "macros", "views"}
        assert all(one.page.opens_to(cast.sam) for one in searching.find(cast.sam, words))


def test_every_page_of_the_settings_opens_and_every_field_of_the_search_stands_there(cast):
    client = as_(cast.adam)
    pages: dict[str, str] = {}
    for one in searching.settings_of(Account.objects.get(pk=cast.adam.pk)):
        address, _hash, anchor = one.address.partition("#")
        pages[address] = pages.get(address) or client.get(address).content.decode()
        assert f'id="{anchor}' in pages[address], one.address


def test_inviting_sends_a_mail_and_shows_the_link_once(cast):
    fields = {"email": "eve@flowers.example", "name": "Eve", "role": role("agent").pk, "teams": [cast.sales.pk]}
    page = as_(cast.adam).post("/settings/people/invitations/", fields).content.decode()
    link = next(word for word in mail.outbox[0].body.split() if "/invitations/" in word)
    assert link in page
    assert link not in as_(cast.adam).get("/settings/people/").content.decode()
    assert list(Invitation.objects.get().teams.all()) == [cast.sales]


def test_inviting_a_member_or_an_owner_without_being_one_is_explained(cast):
    for email, key in ((cast.ann.email, "agent"), ("eve@flowers.example", "owner")):
        answer = as_(cast.adam).post("/settings/people/invitations/", {"email": email, "role": role(key).pk})
        assert (answer.status_code in (400, 409), b"field__error" in answer.content) == (True, True)
    assert not Invitation.objects.exists()


def test_an_invitation_is_withdrawn(cast):
    client = as_(cast.adam)
    client.post("/settings/people/invitations/", {"email": "eve@flowers.example", "role": role("agent").pk})
    client.post(f"/settings/people/invitations/{Invitation.objects.get().pk}/withdrawal/")
    assert not Invitation.objects.exists()


def test_a_person_gets_another_role_and_other_teams(cast):
    fields = {"role": role("supervisor").pk, "teams": [cast.delivery.pk]}
    assert as_(cast.adam).post(f"/settings/people/{cast.ann.pk}/", fields).status_code == 302
    ann = Account.objects.get(pk=cast.ann.pk)
    assert ann.role.key == "supervisor"
    assert ann.team_ids == {cast.delivery.pk}


def test_changing_ones_own_teams_keeps_ones_own_session(cast):
    client = as_(cast.adam)
    client.get("/account/")
    fields = {"role": role("administrator").pk, "teams": [cast.sales.pk]}
    client.post(f"/settings/people/{cast.adam.pk}/", fields)
    assert client.get("/account/").status_code == 200


def test_an_account_is_ended_and_restored(cast):
    ann, adam = as_(cast.ann), as_(cast.adam)
    assert ann.get("/account/").status_code == 200
    adam.post(f"/settings/people/{cast.ann.pk}/ending/")
    assert ann.get("/account/").status_code == 302
    adam.post(f"/settings/people/{cast.ann.pk}/restoration/")
    assert Account.objects.get(pk=cast.ann.pk).is_active


def test_the_last_owner_is_kept_with_a_sentence(cast):
    answer = as_(cast.olga).post(f"/settings/people/{cast.olga.pk}/ending/")
    assert (answer.status_code, b"last owner" in answer.content) == (409, True)


def test_an_administrator_makes_no_reset_link_for_an_owner(cast):
    assert as_(cast.adam).post(f"/settings/people/{cast.olga.pk}/reset/").status_code == 403
    assert b"/invitations/" in as_(cast.adam).post(f"/settings/people/{cast.ann.pk}/reset/").content


def test_a_supervisor_changes_own_teams_only(cast):
    client = as_(cast.sam)
    fields = {"name": "Sales", "signature": "Kind regards\nSales", "members": [cast.sam.pk, cast.ann.pk]}
    assert client.post(f"/settings/teams/{cast.sales.pk}/", fields).status_code == 302
    assert client.post(f"/settings/teams/{cast.delivery.pk}/", fields).status_code == 404
    sales = Team.objects.get(pk=cast.sales.pk)
    assert sales.signature_html == "<p>Kind regards<br>Sales</p>"
    assert Account.objects.get(pk=cast.ben.pk).team_ids == frozenset()


def test_an_administrator_makes_a_team_of_a_new_name(cast):
    client = as_(cast.adam)
    assert client.post("/settings/teams/", {"name": "Repairs"}).status_code == 302
    assert client.post("/settings/teams/", {"name": "Repairs"}).status_code == 409


@pytest.mark.parametrize("lines", ["", "Kind regards\n<Sales> & more", "One\n\nTwo\nthree", "a\r\nb"])
def test_a_signature_comes_back_as_it_was_written(lines):
    assert to_lines(to_html(lines)) == lines.replace("\r\n", "\n")


def test_a_new_inbox_is_stored_as_its_adapter_reads_it(inbox):
    assert (inbox.address, inbox.aliases) == ("shop@flowers.example", ["hello@flowers.example"])
    assert inbox.settings["imap"] == {
        "host": "imap.flowers.example",
        "port": 993,
        "security": "tls",
        "user": "shop",
        "auth": "password",
        "folders": ["INBOX", "Orders"],
        "start": "days:30",
        "after": "move:Done",
    }
    assert (inbox.settings["smtp"]["port"], inbox.settings["sent_folder"]) == (587, "Sent")


def test_passwords_of_inboxes_are_encrypted_and_never_shown_again(cast, inbox):
    assert read_secrets(inbox) == {"imap_password": "canary-imap", "smtp_password": "canary-smtp"}
    page = as_(cast.adam).get(f"/settings/inboxes/{inbox.pk}/").content.decode()
    stored = str(Inbox.objects.values().get()) + str(list(Event.objects.values()))
    assert "canary" not in page + stored


def test_an_empty_password_keeps_the_stored_one(cast, inbox):
    changed = inbox_fields(imap_password="", smtp_password="another", name="The shop")
    assert as_(cast.adam).post(f"/settings/inboxes/{inbox.pk}/", changed).status_code == 302
    inbox.refresh_from_db()
    assert (inbox.name, read_secrets(inbox)) == (
        "The shop",
        {"imap_password": "canary-imap", "smtp_password": "another"},
    )
    assert "secrets" in Event.objects.filter(kind="inbox.changed").latest("pk").data["what"]


def test_a_servers_own_certificate_is_kept_and_a_broken_one_refused(cast, inbox):
    address, client = f"/settings/inboxes/{inbox.pk}/", as_(cast.adam)
    pinned = inbox_fields(imap_fingerprint="AB:" * 31 + "CD")
    assert client.post(address, pinned).status_code == 302
    assert Inbox.objects.get().settings["imap"]["fingerprint"].startswith("AB:AB")
    assert client.post(address, inbox_fields(imap_ca_pem="-----BEGIN nonsense")).status_code == 400
    client.post(address, inbox_fields())
    assert "fingerprint" not in Inbox.objects.get().settings["imap"]


def test_the_form_shows_what_is_stored(cast, inbox):
    form = as_(cast.adam).get(f"/settings/inboxes/{inbox.pk}/").content.decode()
    for value in ("imap.flowers.example", "INBOX, Orders", 'value="30"', 'value="Done"', 'value="993"'):
        assert value in form


@pytest.mark.parametrize(
    "wrong",
    [
        {"imap_host": ""},
        {"start_days": ""},
        {"after_folder": ""},
        {"smtp_host": ""},
        {"aliases": "nonsense"},
        {"imap_port": "99999"},
        {"imap_security": "rot13"},
        {"address": "nonsense"},
        {"after": "delete"},
    ],
)
def test_what_cannot_work_is_refused_with_a_word_at_its_field(cast, wrong):
    answer = as_(cast.adam).post("/settings/inboxes/new/", inbox_fields(**wrong))
    assert (answer.status_code, b"field__error" in answer.content) == (400, True)
    assert not Inbox.objects.exists()


def test_an_inbox_without_imap_asks_for_none(cast):
    fields = inbox_fields(fetch="", imap_host="", start_days="")
    assert as_(cast.adam).post("/settings/inboxes/new/", fields).status_code == 302
    assert "imap" not in Inbox.objects.get().settings


def test_one_address_is_one_inbox(cast, inbox):
    assert as_(cast.adam).post("/settings/inboxes/new/", inbox_fields()).status_code == 409


def test_the_company_is_named_and_opened(cast):
    as_(cast.olga).post("/settings/company/", {"company_name": "Flowers", "open_to_all": "on"})
    assert (installing.current().company_name, installing.current().open_to_all) == ("Flowers", True)


def test_the_doctors_steps_come_one_after_another(cast, inbox, monkeypatch):
    monkeypatch.setattr(examining, "in_background", lambda work: None)
    client = as_(cast.adam)
    page = client.post(f"/settings/inboxes/{inbox.pk}/examinations/", headers={"HX-Request": "true"}).content.decode()
    address = page.split('hx-get="')[1].split('"')[0]
    run_id = address.split("/")[-2]
    step = {"name": "resolve", "ok": True, "detail": "192.0.2.7", "cure": ""}
    examining._keep(run_id, examining.Run(inbox.pk, [step]))
    part = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert ("192.0.2.7" in part, "hx-get" in part) == (True, True)
    examining._keep(
        run_id, examining.Run(inbox.pk, [step, {**step, "name": "login", "ok": False, "cure": "Try"}], True)
    )
    whole = client.get(address).content.decode()
    assert ("Mend the step" in whole, f'hx-get="{address}' in whole) == (True, False)


def test_the_doctor_tells_what_the_servers_say_and_what_to_do(cast, inbox, monkeypatch):
    monkeypatch.setattr(examining, "in_background", lambda work: work())
    inbox.settings |= {"imap": {**inbox.settings["imap"], "host": "127.0.0.1"}, "transport": "folder"}
    inbox.save()
    page = as_(cast.adam).post(f"/settings/inboxes/{inbox.pk}/examinations/", follow=True).content.decode()
    assert ("fails" in page, "Mend the step" in page, "practises" in page) == (True, True, True)


def test_passwords_under_a_lost_key_are_told_and_can_be_entered_anew(cast, inbox, monkeypatch):
    monkeypatch.setattr(examining, "in_background", lambda work: work())
    Inbox.objects.update(secrets_encrypted="e1.lost.AAAA")
    page = as_(cast.adam).post(f"/settings/inboxes/{inbox.pk}/examinations/", follow=True).content.decode()
    assert "enter the passwords again" in page
    as_(cast.adam).post(f"/settings/inboxes/{inbox.pk}/", inbox_fields())
    assert read_secrets(Inbox.objects.get())["imap_password"] == "canary-imap"


def test_the_mail_server_the_doctor_found_is_trusted_by_one_click(cast, inbox):
    address = f"/settings/inboxes/{inbox.pk}/trusted-server/"
    assert as_(cast.sam).post(address, {"authserv_id": "mx.evil.example"}).status_code == 403
    as_(cast.adam).post(address, {"authserv_id": "MX.flowers.example"})
    assert Inbox.objects.get().authserv_id == "mx.flowers.example"


def test_an_examination_is_not_shown_to_others_or_for_another_inbox(cast, inbox, monkeypatch):
    monkeypatch.setattr(examining, "in_background", lambda work: None)
    run = examining.begin(inbox)
    assert as_(cast.adam).get(f"/settings/inboxes/{inbox.pk}/examinations/{run}/").status_code == 200
    assert as_(cast.ann).get(f"/settings/inboxes/{inbox.pk}/examinations/{run}/").status_code == 403
    assert as_(cast.adam).get(f"/settings/inboxes/{inbox.pk + 1}/examinations/{run}/").status_code == 404
