"""The import page, over HTTP."""

from __future__ import annotations

from io import BytesIO

from rapport.desk.tests.seated import ana, at_desk, cast
from rapport.people import importing
from rapport.people.models import CustomerAddress, ImportRun

__all__ = ["ana", "cast"]


def test_a_file_is_looked_at_mapped_tried_and_taken_in(cast, ana):
    flora = at_desk(cast.flora)
    file = BytesIO(b"Adresse,Wer\nnina@new.example,<b>Nina</b>\nnope,=1+1\n")
    file.name = "people.csv"
    address = flora.post("/settings/imports/", {"kind": "customers", "file": file})["Location"]
    run = ImportRun.objects.get()
    assert flora.post(f"{address}start/").status_code == 400, "a column is missing"
    tried = flora.post(address, {"column": ["email", "name"], "region": "de"}).content.decode()
    assert "This is not a mail address" in tried
    assert "<b>Nina</b>" not in tried
    assert not CustomerAddress.objects.filter(email="nina@new.example").exists()
    flora.post(f"{address}start/")
    assert b"hx-trigger" in flora.get(address).content
    importing.work()
    told = flora.get(f"{address}progress/")
    page = told.content.decode()
    assert "Line 3" in page
    assert ("hx-trigger" in page, told["HX-Refresh"]) == (False, "true")
    report = flora.get(f"{address}report/").getvalue().decode()
    assert "'=1+1" in report
    assert CustomerAddress.objects.get(email="nina@new.example").customer.name == "<b>Nina</b>"
    assert ana.get(address).status_code == 403
    run.refresh_from_db()
    assert (run.region, run.state) == ("DE", "done")


def test_what_is_no_table_is_told(cast):
    file = BytesIO(b"PK\x03\x04 a spreadsheet as it is")
    file.name = "people.xlsx"
    answer = at_desk(cast.flora).post("/settings/imports/", {"kind": "customers", "file": file})
    assert answer.status_code == 400
    assert "Save it as CSV" in answer.content.decode()
