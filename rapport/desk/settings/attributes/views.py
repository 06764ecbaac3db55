"""Attributes of customers are defined, put in order and put away here."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rapport.desk.settings.attributes.forms import AttributeForm, RegionForm
from rapport.desk.settings.pages import allowed, show
from rapport.people import attributing, installing
from rapport.people.errors import PeopleRefusal
from rapport.people.models import Attribute
from rapport.people.rights import Right


@require_http_methods(["GET", "POST"])
def attributes(request: HttpRequest) -> HttpResponse:
    """All of them in the panel's order, and a form for a new one."""
    me = allowed(request, Right.INSTALLATION)
    form = AttributeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            attributing.define(form.described(), by=me)
        except PeopleRefusal as refusal:
            form.add_error(None, str(refusal))
        else:
            return _saved(request)
    return _page(request, form, RegionForm(initial={"phone_region": installing.current().phone_region}))


@require_http_methods(["GET", "POST"])
def attribute(request: HttpRequest, pk: int) -> HttpResponse:
    """One attribute's name, choices and place."""
    me = allowed(request, Right.INSTALLATION)
    found = get_object_or_404(Attribute, pk=pk)
    form = AttributeForm(request.POST or None, attribute=found)
    if request.method == "POST" and form.is_valid():
        try:
            attributing.redefine(found, form.described(), by=me)
        except PeopleRefusal as refusal:
            form.add_error(None, str(refusal))
        else:
            return _saved(request)
    context = {"form": form, "attribute": found}
    status = 400 if form.is_bound else 200
    return show(request, "attributes/attribute.html", tab="attributes", context=context, status=status)


@require_POST
def place(request: HttpRequest, pk: int) -> HttpResponse:
    """One place up; with `later`, down."""
    me = allowed(request, Right.INSTALLATION)
    attributing.move(get_object_or_404(Attribute, pk=pk), earlier="later" not in request.POST, by=me)
    return HttpResponseRedirect(reverse("settings_attributes"))


@require_POST
def archive(request: HttpRequest, pk: int) -> HttpResponse:
    """Out of the panel and the forms; with `remove`, back."""
    me = allowed(request, Right.INSTALLATION)
    attributing.set_archived(get_object_or_404(Attribute, pk=pk), archived="remove" not in request.POST, by=me)
    return _saved(request)


@require_POST
def region(request: HttpRequest) -> HttpResponse:
    """The country of phone numbers."""
    me = allowed(request, Right.INSTALLATION)
    form = RegionForm(request.POST)
    if form.is_valid():
        try:
            installing.set_phone_region(form.cleaned_data["phone_region"], by=me)
        except PeopleRefusal as refusal:
            form.add_error("phone_region", str(refusal))
        else:
            return _saved(request)
    return _page(request, AttributeForm(), form)


def _page(request: HttpRequest, form: AttributeForm, region_form: RegionForm) -> HttpResponse:
    rows = list(Attribute.objects.order_by("position", "pk"))
    context = {
        "form": form,
        "region": region_form,
        "attributes": [row for row in rows if row.archived_at is None],
        "archived": [row for row in rows if row.archived_at is not None],
    }
    status = 400 if form.is_bound or region_form.is_bound else 200
    return show(request, "attributes/page.html", tab="attributes", context=context, status=status)


def _saved(request: HttpRequest) -> HttpResponse:
    messages.success(request, _("Saved."))
    return HttpResponseRedirect(reverse("settings_attributes"))
