"""The audit log as an owner reads it, narrows it and takes it along."""

from __future__ import annotations

import csv
import io

import pytest
from django.utils import translation

from rapport.conversations.tests.cast import cast  # noqa: F401 - fixture
from rapport.desk.settings.audit import words
from rapport.events import auditing
from rapport.events.models import Event
from rapport.people import changing, installing, joining
from tests.security.company import signed_in

pytestmark = pytest.mark.django_db


START = ["Eingehende Mail › Wo begonnen wird", "Nur neue Mail ab jetzt", "Die letzten Tage: 30"]


@pytest.fixture
def owner(cast):  # noqa: F811
    joining.change_team(cast.shop, name="=Florists()", signature_html="", by=cast.flora)
    installing.change(company_name="<b>Fleur</b>", open_to_all=True, by=cast.sam)
    changing.set_password(cast.ana, password="a new secret of Ana", by=cast.ana)
    return signed_in(cast.flora)


def test_each_change_stands_there_with_before_and_after(owner):
    page = owner.get("/settings/audit/").content.decode()
    assert "Shop</del>" in page
    assert "=Florists()</ins>" in page
    assert "&lt;b&gt;Fleur" in page
    assert "<b>Fleur" not in page
    assert "a new secret" not in page


@pytest.mark.parametrize(
    ("query", "seen", "unseen"),
    [
        ("what=team", "Florists", "Sam Silva</strong>"),
        ("what=installation.changed", "Sam Silva</strong>", "Florists"),
        ("since=2999-01-01", "Nothing found", "Florists"),
        ("until=2000-01-01", "Nothing found", "Florists"),
        ("who=rapport", "Nothing found", "Florists"),
    ],
)
def test_it_is_narrowed_by_what_when_and_who(owner, query, seen, unseen):
    page = owner.get(f"/settings/audit/?{query}").content.decode()
    assert seen in page
    assert unseen not in page


def test_it_is_narrowed_to_a_person(owner, cast):  # noqa: F811
    page = owner.get(f"/settings/audit/?who={cast.sam.pk}").content.decode()
    assert "Fleur" in page
    assert "Florists" not in page


def test_rights_and_orders_are_called_as_people_call_them(owner, cast):  # noqa: F811
    rights = {"rights": ["conversations.note", "one.of.tomorrow"], "ordering": "age"}
    auditing.changed("role.changed", cast.shop, by=cast.flora, before={}, after=rights)
    page = owner.get("/settings/audit/?what=role").content.decode()
    assert "Write notes, one.of.tomorrow" in page
    assert "Oldest first" in page


@pytest.mark.parametrize(
    ("area", "field", "before", "after", "german"),
    [
        ("account", "language", "en", "de", ["Sprache", "English", "Deutsch"]),
        ("account", "role", "Agent", "Supervisor", ["Rolle", "Agent", "Teamleitung"]),
        ("role", "rights", [], ["customers.edit"], ["Rechte", "", "Kunden bearbeiten und zusammenführen"]),
        ("tag", "colour", "", "blue", ["Farbe", "", "Blau"]),
        ("view", "columns", ["tags"], ["tags", "created"], ["Spalten", "Schlagwörter", "Schlagwörter, Erstellt"]),
        ("inbox", "settings.imap.start", "now", "days:30", START),
        ("macro", "acts", [], [{"act": "priority", "value": "2"}], ["Aktionen", "", "Priorität: Hoch"]),
        ("macro", "html", "<p>Danke</p>", "<p>Danke!</p>", ["Text", "Danke", "Danke!"]),
        ("installation", "undo_seconds", 10, 20, ["Zeit, um das Senden zurückzunehmen", "10 Sekunden", "20 Sekunden"]),
        ("team", "name", "blue", "now", ["Name", "blue", "now"]),
    ],
)
def test_codes_are_told_by_their_names_and_the_companys_own_words_as_they_are(area, field, before, after, german):
    event = Event(area=area, kind=f"{area}.changed", data={"before": {field: before}, "after": {field: after}})
    with translation.override("de"):
        (told,) = words.entry(event, {}).differences
    assert [told.field, told.before, told.after] == german


def test_older_lines_are_a_page_away(owner, cast):  # noqa: F811
    for number in range(60):
        auditing.changed("team.changed", cast.shop, by=cast.flora, before={"name": number}, after={"name": number + 1})
    page = owner.get("/settings/audit/?what=team").content.decode()
    older = page.partition('href="?what=team')[2].partition('"')[0].replace("&amp;", "&")
    assert page.count("audit__entry") == 50
    assert owner.get(f"/settings/audit/?what=team{older}").content.decode().count("audit__entry") == 11


def test_the_export_holds_all_of_it_and_no_formula(owner):
    answer = owner.get("/settings/audit/export/?what=team")
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert rows[0][:4] == ["When (UTC)", "Who", "What", "Name"]
    assert rows[1][1:] == ["Flora Fleur", "Team", "'=Florists()", "changed", "Name", "Shop", "'=Florists()"]
    assert len(rows) == 2
