"""Everybody reads their own language: which one that is, and that nothing written for one reader reaches another."""

from __future__ import annotations

import re

import pytest
from django.conf import settings as configured
from django.core import mail
from django.test import Client

from rapport.automation import acknowledging
from rapport.conversations.models import Message
from rapport.desk.live.rendering import row_html
from rapport.desk.tests.seated import cast
from rapport.events.models import Event
from rapport.people import first_run, inviting, speaking
from rapport.people.models import Account, Customer
from rapport.people.tests.cast import PASSWORD
from tools import catalogues

__all__ = ["cast"]

pytestmark = pytest.mark.django_db

# A language of its own, so that nothing another test keeps is read here.
WORDS = {
    "Sign in": "Ensaluti",
    "Search": "Serĉi",
    "Keyboard": "Klavaro",
    "Unread.": "Nelegita.",
    "Open": "Malferma",
    "Reply": "Respondi",
    "a conversation\4Close": "Fermi",
    "Choose a conversation": "Elektu konversacion",
    "%(who)s wrote in “%(subject)s”": "%(who)s skribis en “%(subject)s”",
    "We have received your message (#%s)": "Ni ricevis vian mesaĝon (#%s)",
    "%(company)s invites you to its help desk": "%(company)s invitas vin",
    "Saved.": "Konservita.",
    "Password Reset Email": "Nova pasvorto",
    "No connection": "Neniu konekto",
    "prepared for a new company\4Shop": "Butiko",
}


@pytest.fixture(autouse=True)
def esperanto(settings, tmp_path):
    """English and one language more."""
    folder = tmp_path / "eo" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.mo").write_bytes(catalogues.compiled({"": "Content-Type: text/plain; charset=UTF-8\n", **WORDS}))
    settings.LANGUAGES = [("en", "English"), ("eo", "Esperanto")]
    settings.LOCALE_PATHS = [tmp_path]


def spoken(answer) -> str:
    """What a page says it speaks."""
    found = re.search(r'<html lang="([^"]*)"', answer.content.decode())
    return found[1] if found else ""


@pytest.mark.parametrize(
    ("chosen", "asked", "company", "page"),
    [
        ("", "", "", "en"),
        ("", "", "eo", "eo"),
        ("", "ja, tlh;q=0.5", "eo", "eo"),
        ("", "en-GB, eo;q=0.5", "eo", "en"),
        ("", "ja, eo-XX;q=0.4", "", "eo"),
        ("eo", "en", "", "eo"),
        ("tlh", "en", "eo", "en"),
    ],
)
def test_a_visitor_reads_what_they_chose_or_their_browser_asks_else_what_the_company_speaks(
    cast, chosen, asked, company, page
):
    if company:
        speaking.speak(company, by=cast.flora)
    client = Client(headers={"Accept": "text/html"} | ({"Accept-Language": asked} if asked else {}))
    if chosen:
        client.cookies[configured.LANGUAGE_COOKIE_NAME] = chosen
    assert spoken(client.get("/accounts/login/")) == page


def test_a_visitor_chooses_on_the_page_and_comes_back_to_it(cast):
    client = Client(headers={"Accept-Language": "en"})
    answer = client.post("/language/", {"language": "eo", "next": "/accounts/login/?next=/inbox/"})
    assert answer["Location"] == "/accounts/login/?next=/inbox/"
    assert "Ensaluti" in client.get(answer["Location"]).content.decode()
    assert client.post("/language/", {"language": "en", "next": "https://elsewhere.example/"})["Location"] == "/"
    assert client.post("/language/", {"language": "tlh"}).status_code == 400


def test_an_account_reads_its_own_language_whatever_browser_and_company_say(cast):
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(cast.ana)
    profile = {"name": "Ana", "language": "eo", "time_zone": "", "start_page": "inbox"}
    assert "Konservita." in client.post("/account/", profile, follow=True).content.decode()
    assert spoken(client.get("/inbox/")) == "eo"
    Account.objects.filter(pk=cast.ana.pk).update(language="xx")  # one that is shipped no longer
    assert spoken(client.get("/inbox/")) == "en"
    speaking.speak("eo", by=cast.flora)
    assert spoken(client.get("/inbox/")) == "eo"


def test_what_was_written_for_one_reader_is_not_read_by_another(cast):
    conversation = cast.conversation(subject="Tulips")
    Account.objects.filter(pk=cast.ana.pk).update(language="eo")
    readers = {}
    for account in (cast.ana, cast.sam):
        readers[account.pk] = Client()
        readers[account.pk].force_login(account)
    for path in ("/inbox/", f"/conversations/{conversation.pk}/", "/settings/"):
        for order in ((cast.ana, cast.sam), (cast.sam, cast.ana)):
            pages = {one.pk: readers[one.pk].get(path).content.decode() for one in order}
            found = {pk: [word for word in WORDS.values() if word in page] for pk, page in pages.items()}
            assert found[cast.ana.pk], path
            assert found[cast.sam.pk] == [], path
    kept = {pk: reader.get("/ui/worker.js").content.decode() for pk, reader in readers.items()}
    assert ["language=eo" in kept[one.pk] for one in (cast.ana, cast.sam)] == [True, False]
    assert "Neniu konekto" in Client().get("/ui/offline/?language=eo").content.decode()
    live = [row_html(conversation.pk, language, "UTC") for language in ("eo", "en", "eo")]
    assert ["Nelegita." in html for html in live] == [True, False, True]


def test_a_mail_about_an_account_is_written_in_its_language_whoever_asked_for_it(cast):
    Account.objects.filter(pk=cast.ana.pk).update(language="eo")
    for account in (cast.ana, cast.sam):
        Client(headers={"Accept-Language": "en"}).post("/accounts/password/reset/", {"email": account.email})
        assert (mail.outbox[-1].subject == "Nova pasvorto") is (account == cast.ana)


@pytest.mark.parametrize(
    ("customer", "company", "words"),
    [("eo", "", "Ni ricevis"), ("en-GB", "eo", "We have received"), ("", "eo", "Ni ricevis")],
)
def test_customers_get_automatic_words_in_their_language_else_in_the_companys(cast, customer, company, words):
    if company:
        speaking.speak(company, by=cast.flora)
    message = cast.writes("Where are my tulips?")
    Customer.objects.update(language=customer)
    acknowledging.acknowledge(Event.objects.get(subject_id=message.pk, kind="message.received"))
    assert words in Message.objects.get(kind=Message.Kind.AUTOMATIC).subject


def test_a_new_colleague_begins_with_the_language_of_the_page_they_joined_on(cast):
    speaking.speak("eo", by=cast.flora)
    owner = Client()
    owner.force_login(cast.flora)
    owner.post("/settings/people/invitations/", {"email": "new@fleur.example", "role": cast.ana.role_id})
    assert "invitas vin" in mail.outbox[-1].subject
    _, token = inviting.invite("newer@fleur.example", role="agent", by=cast.flora)
    visitor = Client(headers={"Accept-Language": "eo"})
    visitor.post(inviting.link(token), {"name": "New", "password": PASSWORD})
    assert Account.objects.get(email="newer@fleur.example").language == "eo"


def test_the_first_run_sets_owner_and_company_to_the_language_of_its_page():
    Account.objects.all().delete()
    code = first_run.code()
    entered = {"code": code, "company": "Floro", "name": "Flora", "email": "f@f.example", "password": PASSWORD}
    Client(headers={"Accept-Language": "eo"}).post("/start/", entered)
    assert (Account.objects.get().language, speaking.company()) == ("eo", "eo")
