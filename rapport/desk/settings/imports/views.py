"""Imports: a file, its columns, what would happen, how far it is, and what was not taken."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rapport.desk.settings.imports.forms import FileForm
from rapport.desk.settings.pages import allowed, show
from rapport.files import storing
from rapport.kit import csv_reading, spreadsheets
from rapport.people import import_targets, importing, phoning
from rapport.people.errors import PeopleRefusal
from rapport.people.models import Account, ImportRun
from rapport.people.rights import Right

RECENT = 30
SAMPLES = 3
PROBLEMS = 20


@require_http_methods(["GET", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """The last ones, and a form for the next file."""
    me = allowed(request, Right.INSTALLATION)
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            run = _begun(form, me)
        except PeopleRefusal as refusal:
            form.add_error("file", str(refusal))
        else:
            return HttpResponseRedirect(reverse("settings_import", args=[run.pk]))
    runs = ImportRun.objects.select_related("by").order_by("-pk")[:RECENT]
    context = {"form": form, "runs": runs}
    return show(request, "imports/page.html", tab="imports", context=context, status=400 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def one_import(request: HttpRequest, pk: int) -> HttpResponse:
    """Its columns and its progress; by POST other columns, and what would become of the first rows."""
    me = allowed(request, Right.INSTALLATION)
    run = get_object_or_404(ImportRun, pk=pk)
    tried: list[importing.Tried] = []
    refusal = ""
    if request.method == "POST":
        region = request.POST.get("region", "").strip().upper()
        importing.set_mapping(run, request.POST.getlist("column"), region=region, by=me)
        try:
            if region and not phoning.is_region(region):
                refusal = _("“%(code)s” is no country that phone numbers are known of.") % {"code": region[:10]}
            else:
                tried = importing.try_first(run)
        except PeopleRefusal as refused:
            refusal = str(refused)
    context = _told(run) | {"tried": tried, "refusal": refusal, "outcomes": outcomes()}
    return show(request, "imports/import.html", tab="imports", context=context, status=400 if refusal else 200)


@require_safe
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far it is, for a page that is open."""
    allowed(request, Right.INSTALLATION)
    run = get_object_or_404(ImportRun, pk=pk)
    told = _progress(run)
    response = render(request, "desk/settings/imports/_progress.html", told)
    if not told["going"]:
        response["HX-Refresh"] = "true"  # over: what can be done next stands on the page again
    return response


@require_POST
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand it to the worker; with `try`, only to see what would happen."""
    me = allowed(request, Right.INSTALLATION)
    run = get_object_or_404(ImportRun, pk=pk)
    try:
        importing.start(run, dry="try" in request.POST, by=me)
    except PeopleRefusal as refused:
        context = _told(run) | {"refusal": str(refused), "outcomes": outcomes()}
        return show(request, "imports/import.html", tab="imports", context=context, status=400)
    return HttpResponseRedirect(reverse("settings_import", args=[pk]))


@require_POST
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop it; what came in stays."""
    me = allowed(request, Right.INSTALLATION)
    importing.stop(get_object_or_404(ImportRun, pk=pk), by=me)
    return HttpResponseRedirect(reverse("settings_import", args=[pk]))


@require_safe
def report(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The rows that were not taken, as CSV without formulas."""
    allowed(request, Right.INSTALLATION)
    run = get_object_or_404(ImportRun, pk=pk)
    header, rows = importing.report(run)
    response = StreamingHttpResponse(_written(header, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="import-{run.pk}-not-taken.csv"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def outcomes() -> dict[str, str]:
    """What became of a row, in words."""
    return {
        "created": _("new"),
        "changed": _("changed"),
        "unchanged": _("unchanged"),
        "refused": _("not taken"),
    }


def _written(header: list[str], rows: Iterator[list[str]]) -> Iterator[bytes]:
    with tempfile.TemporaryDirectory() as folder:
        path = spreadsheets.write(Path(folder) / "report.csv", header, rows)
        with path.open("rb") as opened:
            while chunk := opened.read(64 * 1024):
                yield chunk


def _begun(form: FileForm, me: Account) -> ImportRun:
    given: UploadedFile[bytes] = form.cleaned_data["file"]
    with tempfile.NamedTemporaryFile(suffix=".csv") as spooled:
        for chunk in given.chunks():
            spooled.write(chunk)
        spooled.flush()
        return importing.begin(Path(spooled.name), kind=form.cleaned_data["kind"], filename=given.name or "", by=me)


def _progress(run: ImportRun) -> dict[str, Any]:
    going = run.state in (ImportRun.State.WAITING, ImportRun.State.RUNNING)
    return {"run": run, "going": going, "problems": run.problems.order_by("line", "pk")[:PROBLEMS]}


def _told(run: ImportRun) -> dict[str, Any]:
    try:
        shape = importing.shape_of(run)
    except PeopleRefusal:
        return _progress(run) | {"columns": [], "targets": {}}
    samples: list[list[str]] = []
    for line in csv_reading.rows(storing.path_of(run.sha256), shape):
        if len(samples) == SAMPLES:
            break
        samples.append(line.cells)
    columns = [
        (heading, run.mapping[at] if at < len(run.mapping) else "", [row[at] for row in samples if at < len(row)])
        for at, heading in enumerate(shape.header)
    ]
    names = {key: _(name) if not key.startswith("attribute:") else name for key, name in _targets(run).items()}
    return _progress(run) | {"columns": columns, "targets": names, "shape": shape}


def _targets(run: ImportRun) -> dict[str, str]:
    return import_targets.targets(run.kind)
