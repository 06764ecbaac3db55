"""Who a customer is, as a form: the profile and the company's own attributes."""

from __future__ import annotations

from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf.locale import LANG_INFO
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from rapport.desk.answers import answered
from rapport.desk.customers.contacts import editable
from rapport.desk.inbox import panes
from rapport.people import attributing, organising, profiling
from rapport.people.attributes import Definition
from rapport.people.errors import PeopleRefusal
from rapport.people.models import Account, Attribute, Customer
from rapport.ui.selecting import LongSelect

_BEFORE = "attribute-"


@cache
def _zones() -> tuple[tuple[str, str], ...]:
    # Python opens every file of the time zone database to say which there are.
    return tuple((name, name.replace("_", " ")) for name in sorted(available_timezones()) if "/" in name)


class ProfileForm(forms.Form):
    """The fields of profiling.FIELDS, the organisation by name, and one field for each attribute in use."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=160, required=False)
    form_of_address = forms.CharField(
        label=gettext_lazy("Form of address"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("How they like to be addressed, such as “Dr Lund” or “Rosa, informal”."),
    )
    organisation = forms.CharField(
        label=gettext_lazy("Organisation"),
        max_length=160,
        required=False,
        help_text=gettext_lazy("By its name; one that is not known yet is entered."),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), required=False, widget=LongSelect)
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"), required=False, widget=LongSelect)
    channel = forms.ChoiceField(
        label=gettext_lazy("Prefers to be reached by"), required=False, choices=Customer.Channel.choices
    )
    preferences = forms.CharField(
        label=gettext_lazy("Preferences"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Such as “Call after five” or “No lilies”."),
    )
    notes = forms.CharField(
        label=gettext_lazy("About"), max_length=10_000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, data: Any, *, customer: Customer) -> None:
        super().__init__(data, initial=_initial(customer))
        fields: Any = self.fields
        languages = ((code, info["name_local"]) for code, info in LANG_INFO.items() if "name_local" in info)
        fields["language"].choices = [("", _("Not known")), *sorted(languages, key=lambda row: str(row[1]).casefold())]
        fields["time_zone"].choices = [("", _("Not known")), *_zones()]
        self.definitions = attributing.definitions()
        for one in self.definitions:
            fields[_BEFORE + one.key] = _field(one)

    def attribute_fields(self) -> list[Any]:
        """The bound fields of the company's own attributes."""
        return [self[_BEFORE + one.key] for one in self.definitions]

    def store(self, customer: Customer, *, by: Account) -> None:
        """All or nothing. Raises what the verbs raise."""
        entered = self.cleaned_data
        with transaction.atomic():
            profiling.change(customer, {name: entered[name] for name in profiling.FIELDS}, by=by)
            organising.place_by_name(customer, name=entered["organisation"], by=by)
            given = {one.key: str(entered[_BEFORE + one.key] or "") for one in self.definitions}
            attributing.set_values(customer, given, by=by)


@require_http_methods(["GET", "HEAD", "POST"])
@answered
def profile(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Shows and changes it."""
    account, found = editable(request, pk)
    form = ProfileForm(request.POST if request.method == "POST" else None, customer=found)
    if request.method == "POST" and form.is_valid():
        try:
            form.store(found, by=account)
        except PeopleRefusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(f"/customers/{found.pk}/")
    title = found.name or _("Customer %(number)s") % {"number": found.pk}
    context = panes.frame(account, "") | {"customer": found, "form": form, "page_title": title, "section": "customers"}
    return render(request, "desk/customers/profile.html", context, status=400 if form.is_bound else 200)


def _initial(customer: Customer) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(customer, name) for name in profiling.FIELDS}
    values["organisation"] = customer.organisation.name if customer.organisation else ""
    for key, value in customer.attributes.items():
        values[_BEFORE + key] = ("yes" if value else "no") if isinstance(value, bool) else value
    return values


def _field(one: Definition) -> forms.Field:
    kind = Attribute.Kind(one.kind)
    if kind == Attribute.Kind.CHOICE:
        choices: list[tuple[str, Any]] = [("", "–"), *((choice, choice) for choice in one.choices)]
        return forms.ChoiceField(label=one.label, required=False, choices=choices)
    if kind == Attribute.Kind.BOOLEAN:
        told = [("", "–"), ("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))]
        return forms.ChoiceField(label=one.label, required=False, choices=told)
    if kind == Attribute.Kind.DATE:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        return forms.CharField(label=one.label, required=False, max_length=40, widget=widget)
    return forms.CharField(label=one.label, required=False, max_length=500)
