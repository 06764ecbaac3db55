"""Which language somebody is spoken to in: their own where we have it, else the company's."""

from __future__ import annotations

from django.conf import settings
from django.utils import translation
from django.utils.translation import get_supported_language_variant

from rapport.people import installing
from rapport.people.errors import UnknownChoice
from rapport.people.models import Account, Customer
from rapport.people.recognising import living


def known(code: str) -> str:
    """The language of ours that speaks this code (`de-at` is `de`, `zh-cn` is `zh-hans`); empty for none."""
    try:
        return get_supported_language_variant(code) if code else ""
    except LookupError:
        return ""


def company() -> str:
    """What the company speaks: to colleagues who have chosen nothing, to customers whose language is not known."""
    return known(installing.current().language) or settings.LANGUAGE_CODE


def colleague(account: Account) -> str:
    """What this colleague reads."""
    return known(account.language) or company()


def customer(one: Customer | None) -> str:
    """What a customer gets automatic words in: the language of their profile, or of who stands for them."""
    return known(living(one).language if one else "") or company()


def speak(language: str, *, by: Account | None) -> None:
    """Let the company speak this language. Raises UnknownChoice."""
    if language not in dict(settings.LANGUAGES):
        raise UnknownChoice
    installing.store(by, language=language)


def of_page() -> str:
    """What the page speaks that is being answered: a new colleague begins with it."""
    return known(translation.get_language() or "") or company()
