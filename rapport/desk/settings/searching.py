"""Searching the settings: pages and single fields, by any word that stands on them. Also what the palette offers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from django import forms
from django.urls import reverse
from django.utils.translation import get_language

from rapport.desk.settings.pages import PAGES, Page
from rapport.kit.text import fold
from rapport.people.models import Account

MOST = 12


@dataclass(frozen=True, slots=True)
class Setting:
    """Something one can go to. `within` names the page of a field, empty for a page itself; `what` says what it changes.

    The search looks at `words`, folded, and for a field also at those of its page; but one word must be the field's own.
    Whoever may open `page` may see it.
    """

    title: str
    within: str
    what: str
    address: str
    words: str
    page: Page
    page_words: str = ""

    def holds(self, parts: list[str]) -> bool:
        """Whether each of these is found here, and one of them not only by the page."""
        return any(part in self.words for part in parts) and all(
            part in self.words or part in self.page_words for part in parts
        )


def settings_of(account: Account) -> list[Setting]:
    """Everything this account may open, pages before their fields, in its language."""
    return [setting for setting in _all(get_language() or "") if setting.page.opens_to(account)]


def find(account: Account, query: str) -> list[Setting]:
    """At most MOST that hold every word of the query, best first: title that begins so, title, page, anything else."""
    parts = fold(query).split()
    if not parts:
        return []
    found = [setting for setting in settings_of(account) if setting.holds(parts)]
    # The sort is stable, so equals stay in the order of the settings.
    return sorted(found, key=lambda setting: _rank(setting, parts))[:MOST]


def _rank(setting: Setting, parts: list[str]) -> int:
    title = fold(setting.title)
    if title.startswith(parts[0]):
        return 0 if not setting.within else 1
    return 2 if all(part in title for part in parts) else 3 if not setting.within else 4


@cache
def _all(language: str) -> tuple[Setting, ...]:
    """`language` is the active one; the words are read once for each."""
    return tuple(setting for page in PAGES for setting in _of(page))


def _of(page: Page) -> Iterator[Setting]:
    name, what, address = str(page.name), str(page.what), reverse(page.url)
    itself = Setting(name, "", what, address, fold(f"{name} {what} {page.words}"), page)
    yield itself
    said: set[str] = set()
    for form, is_here in [*((form, True) for form in page.forms), *((form, False) for form in page.inner)]:
        for key, field in _fields(form).items():
            label, text = str(field.label or ""), str(field.help_text or "")
            if label and label not in said and not isinstance(field.widget, forms.HiddenInput):
                said.add(label)
                place = f"{address}#id_{key}" if is_here else address
                yield Setting(label, name, text or what, place, fold(f"{label} {text}"), page, itself.words)


def _fields(form: str) -> dict[str, forms.Field]:
    module, _dot, name = form.rpartition(".")
    fields: dict[str, forms.Field] = getattr(import_module(f"rapport.desk.{module}"), name).base_fields
    return fields
