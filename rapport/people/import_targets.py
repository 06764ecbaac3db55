"""Where the columns of an imported file can go, and which heading most likely means what."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_noop as noop

from rapport.kit import text
from rapport.people import attributing
from rapport.people.models import ImportRun

ATTRIBUTE = "attribute:"
Kind = ImportRun.Kind
TARGETS: dict[str, dict[str, str]] = {
    Kind.CUSTOMERS: {
        "email": noop("E-mail address"),
        "name": noop("Name"),
        "first_name": noop("First name"),
        "last_name": noop("Last name"),
        "phone": noop("Phone number"),
        "organisation": noop("Organisation"),
        "language": noop("Language"),
        "time_zone": noop("Time zone"),
        "form_of_address": noop("Form of address"),
        "preferences": noop("Preferences"),
        "notes": noop("About"),
        "vip": noop("VIP"),
    },
    Kind.ORDERS: {
        "number": noop("Order number"),
        "email": noop("E-mail address of the customer"),
        "phone": noop("Phone number of the customer"),
        "date": noop("Date"),
        "status": noop("State"),
        "total": noop("Total"),
        "currency": noop("Currency"),
        "summary": noop("Summary"),
        "item": noop("Item"),
        "quantity": noop("Quantity of the item"),
        "link": noop("Link"),
    },
}
NEEDED: dict[str, tuple[frozenset[str], ...]] = {
    Kind.CUSTOMERS: (frozenset({"email", "phone"}),),
    Kind.ORDERS: (frozenset({"number"}), frozenset({"email", "phone"}), frozenset({"date"})),
}
# Headings as shops and address books in several languages write them, folded.
_HEADINGS: dict[str, tuple[str, ...]] = {
    "email": ("email", "e mail", "mail", "email address", "e mail address", "e mail adresse", "courriel", "correo", "adresse e mail", "customer email"),
    "first_name": ("first name", "firstname", "vorname", "prenom", "nombre", "given name"),
    "last_name": ("last name", "lastname", "surname", "nachname", "nom", "apellido", "family name"),
    "name": ("name", "full name", "customer", "customer name", "kunde", "contact"),
    "phone": ("phone", "phone number", "telephone", "telefon", "tel", "mobile", "handy", "telefono", "mobil"),
    "organisation": ("organisation", "organization", "company", "firma", "societe", "empresa", "company name"),
    "language": ("language", "sprache", "langue", "idioma", "locale"),
    "time_zone": ("time zone", "timezone", "zeitzone"),
    "form_of_address": ("salutation", "form of address", "anrede", "title", "civilite"),
    "notes": ("notes", "note", "notizen", "remarks", "about", "comment"),
    "vip": ("vip",),
    "number": ("number", "order", "order number", "order no", "order id", "bestellnummer", "auftragsnummer", "nummer", "commande", "pedido", "name"),
    "date": ("date", "order date", "datum", "created at", "placed at", "bestelldatum", "fecha"),
    "status": ("status", "state", "zustand", "estado", "etat", "financial status"),
    "total": ("total", "amount", "sum", "summe", "betrag", "total price", "importe", "montant"),
    "currency": ("currency", "wahrung", "waehrung", "devise", "moneda"),
    "summary": ("summary", "description", "beschreibung"),
    "item": ("item", "product", "artikel", "produkt", "lineitem name", "article", "line item"),
    "quantity": ("quantity", "qty", "menge", "anzahl", "lineitem quantity", "cantidad", "quantite"),
    "link": ("link", "url"),
}  # fmt: skip


def targets(kind: str) -> dict[str, str]:
    """Key and name of everything a column of this kind can be, the company's own attributes included."""
    known = dict(TARGETS[kind])
    if kind == Kind.CUSTOMERS:
        known |= {ATTRIBUTE + one.key: one.label for one in attributing.definitions()}
    return known


def guess(kind: str, header: Sequence[str]) -> list[str]:
    """A target for each column by its heading, each at most once; "" where none fits."""
    known = targets(kind)
    found: list[str] = []
    for heading in header:
        folded = " ".join(text.fold(heading).replace("_", " ").replace("-", " ").split())
        fitting = [key for key in known if folded in _HEADINGS.get(key, ())]
        key_alike = attributing.key_of(heading)
        fitting += [key for key in known if key in (key_alike, ATTRIBUTE + key_alike)]
        found.append(next((key for key in fitting if key not in found), ""))
    return found


def missing(kind: str, mapping: Sequence[str]) -> list[str]:
    """What a file of this kind cannot do without and has not: keys of targets, one of several where any will do."""
    return [sorted(some)[0] for some in NEEDED[kind] if not some.intersection(mapping)]
