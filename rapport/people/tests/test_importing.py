"""Files of customers and orders come in: whole, once, and with a word on each row that was not taken."""

from __future__ import annotations

import csv
import tracemalloc
from pathlib import Path
from unittest.mock import Mock

import pytest

from rapport.kit import spreadsheets
from rapport.people import addressing, attributing, importing
from rapport.people.attributing import Described
from rapport.people.errors import WrongMapping, WrongTable
from rapport.people.models import Customer, CustomerAddress, ImportRun, Order
from rapport.people.recognising import known_at, recognise
from rapport.people.tests.cast import Mailbox

pytestmark = pytest.mark.django_db
PEOPLE = """E-Mail;Vorname;Nachname;Telefon;Firma;Sprache;VIP;Treue
Rosa@Garden.example;Rosa;Lund;030 1234567;Garden Ltd;de;ja;gold
finn@garden.example;Finn;Ahl;;;;;silver
nobody;No;One;;;;;
;Ghost;;;;;;
ivo@garden.example;Ivo;Ek;ring me;;;;
ulf@garden.example;Ulf;By;;;;;platinum
"""
ORDERS = """Order;Email;Date;Total;Currency;Item;Quantity;Link
T-1;rosa@garden.example;2026-11-03;1.234,50 €;eur;Tulips;12;https://shop.example/T-1
T-1;rosa@garden.example;2026-11-03;;;Vase;1;
T-2;new@garden.example;2026-11-04T10:00:00Z;12;GBP;Roses;3;
T-3;rosa@garden.example;soon;1;;;;
T-4;rosa@garden.example;2026-11-05;1;;;;javascript:alert(1)
"""


def begun(tmp_path: Path, text: str, kind: str = "customers") -> ImportRun:
    path = tmp_path / "file.csv"
    path.write_text(text, encoding="utf-8")
    return importing.begin(path, kind=kind, filename="file.csv", by=None)


def come_in(run: ImportRun, *, dry: bool = False) -> tuple[int, int, int, int]:
    importing.start(run, dry=dry, by=None)
    while importing.work():
        pass
    run.refresh_from_db()
    assert run.state == "done", run.error
    return run.created, run.changed, run.unchanged, run.refused


@pytest.fixture
def people(tmp_path) -> ImportRun:
    attributing.define(Described("Treue", "choice", ["Gold", "Silver"]), by=None)
    run = begun(tmp_path, PEOPLE)
    return importing.set_mapping(run, run.mapping, region="DE", by=None)


def test_columns_are_guessed_by_their_headings(people):
    assert people.mapping == [
        "email",
        "first_name",
        "last_name",
        "phone",
        "organisation",
        "language",
        "vip",
        "attribute:treue",
    ]


def test_customers_come_in_once_and_what_is_wrong_is_told_by_line(people):
    known = recognise(Mailbox("finn@garden.example", "Finn A."))
    assert [one.outcome for one in importing.try_first(people)] == ["created", "changed", *["refused"] * 4]
    assert come_in(people, dry=True) == (1, 1, 0, 4)
    assert not CustomerAddress.objects.filter(email="rosa@garden.example").exists(), "only tried"
    assert come_in(people) == (1, 1, 0, 4)
    assert come_in(people) == (0, 0, 2, 4)
    rosa = known_at("rosa@garden.example")
    assert rosa is not None
    assert (rosa.name, rosa.phone, rosa.language, rosa.vip) == ("Rosa Lund", "+49301234567", "de", True)
    assert (str(rosa.organisation), rosa.attributes) == ("Garden Ltd", {"treue": "Gold"})
    assert Customer.objects.get(pk=known.pk).name == "Finn Ahl"
    assert list(people.problems.values_list("line", flat=True)) == [4, 5, 6, 7]
    assert not Customer.objects.filter(name__in=["Ulf By", "Ivo Ek"]).exists(), "a refused row leaves nothing behind"


def test_the_report_holds_the_rows_as_they_stood_and_no_formula(tmp_path):
    run = begun(tmp_path, 'email,name\nnope,"=HYPERLINK(""http://x"")"\n')
    come_in(run)
    header, rows = importing.report(run)
    path = spreadsheets.write(tmp_path / "report.csv", header, rows)
    found = list(csv.reader(path.read_text("utf-8-sig").splitlines()))
    assert found[0][2:] == ["email", "name"]
    assert found[1][0] == "2"
    assert found[1][3] == '\'=HYPERLINK("http://x")'


def test_orders_come_with_their_items_and_a_second_time_change_nothing(tmp_path):
    rosa = recognise(Mailbox("rosa@garden.example"))
    run = begun(tmp_path, ORDERS, "orders")
    assert come_in(run) == (2, 0, 0, 2)
    assert come_in(run) == (0, 0, 2, 2)
    first = Order.objects.get(number="T-1")
    assert (first.customer, first.total_cents, first.currency) == (rosa, 123450, "EUR")
    assert first.lines == [{"name": "Tulips", "quantity": "12"}, {"name": "Vase", "quantity": "1"}]
    assert (first.summary, first.link) == ("Tulips, Vase", "https://shop.example/T-1")
    assert Order.objects.get(number="T-2").customer == known_at("new@garden.example")


def test_rows_that_name_two_people_are_refused(tmp_path):
    rosa, finn = recognise(Mailbox("rosa@garden.example")), recognise(Mailbox("finn@garden.example"))
    for one in (rosa, finn):
        addressing.add_phone(one, number="+49301234567", by=None)
    run = begun(tmp_path, "email,phone,name\nrosa@garden.example;finn@garden.example,,X\n,+49301234567,Y\n")
    importing.set_mapping(run, ["email", "phone", "name"], region="", by=None)
    assert come_in(run) == (0, 0, 0, 2)


def test_a_killed_worker_leaves_no_row_half_done_and_the_next_goes_on(tmp_path, monkeypatch):
    monkeypatch.setattr(importing, "BATCH", 4)
    text = "email,name\n" + "".join(f"p{number}@garden.example,Person {number}\n" for number in range(10))
    run = begun(tmp_path, text)
    importing.start(run, dry=False, by=None)
    real, calls = importing._note, []

    def dies_in_the_second_batch(run: ImportRun, tried: list[importing.Tried]) -> None:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        real(run, tried)

    monkeypatch.setattr(importing, "_note", dies_in_the_second_batch)
    with pytest.raises(KeyboardInterrupt):
        importing.work()
    assert Customer.objects.count() == 4
    assert importing.work() == 0, "its claim has not run out"
    ImportRun.objects.update(claimed_until=None)
    assert importing.work() == 1
    run.refresh_from_db()
    assert (run.state, run.position, run.created, Customer.objects.count()) == ("done", 10, 10, 10)


def test_a_stopped_run_keeps_what_came_in_and_may_begin_again(tmp_path, monkeypatch):
    monkeypatch.setattr(importing, "BATCH", 2)
    run = begun(tmp_path, "email\n" + "".join(f"p{number}@garden.example\n" for number in range(5)))
    importing.start(run, dry=False, by=None)
    importing.claim(run)
    importing.go_on(run, progress=lambda now: importing.stop(now, by=None))
    run.refresh_from_db()
    assert (run.state, run.position, Customer.objects.count()) == ("stopped", 2, 2)
    assert come_in(run) == (3, 0, 2, 0)


def test_a_file_without_what_is_needed_is_refused(tmp_path):
    with pytest.raises(WrongTable):
        begun(tmp_path, "")
    run = begun(tmp_path, "colour,size\nred,1\n")
    with pytest.raises(WrongMapping, match="E-mail"):
        importing.start(run, dry=False, by=None)


def test_a_long_file_is_never_held_whole(tmp_path):
    path = tmp_path / "file.csv"
    with path.open("w") as opened:
        opened.write("email,name\n")
        opened.writelines(f"p{number}@garden.example,{'x' * 200}\n" for number in range(50_000))
    run = importing.begin(path, kind="customers", filename="long.csv", by=None)
    tracemalloc.start()
    assert sum(1 for _group in importing._groups(run)) == 50_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3_000_000, f"{peak} bytes for a file of {path.stat().st_size}"


def test_a_row_reads_nothing_that_is_the_same_for_all(tmp_path, monkeypatch):
    attributing.define(Described("Plan"), by=None)
    looked_up = Mock(side_effect=attributing.definitions)
    rows = "".join(f"one{n}@example.org,de,Europe/Berlin,Gold\n" for n in range(40))
    run = begun(tmp_path, f"E-mail,Language,Time zone,Plan\n{rows}")
    importing.start(run, dry=False, by=None)
    monkeypatch.setattr(attributing, "definitions", looked_up)
    assert importing.claim(run)
    importing.go_on(run)
    assert (run.state, run.created, run.refused) == ("done", 40, 0)
    assert looked_up.call_count == 40 // importing.BATCH + 1
