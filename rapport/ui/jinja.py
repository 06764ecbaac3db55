"""The Jinja environment of our pages."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, ngettext, npgettext, pgettext
from jinja2 import Environment

from rapport.ui import assets, moments


def environment(**options: Any) -> Environment:
    """Jinja as every page of ours has it: escaping on, gettext, `url()`, `static()`, icons and times."""
    made = Environment(extensions=["jinja2.ext.i18n"], trim_blocks=True, lstrip_blocks=True, **options)  # noqa: S701
    made.install_gettext_callables(  # type: ignore[attr-defined]
        gettext, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext
    )
    made.globals.update(
        url=url,
        static=assets.asset,
        stylesheet_address=assets.stylesheet_address,
        import_map=assets.import_map,
        icon=assets.icon,
        moment=moments.moment,
        file_size=moments.size,
        language=translation.get_language,
        is_rtl=translation.get_language_bidi,
    )
    made.filters.update(initials=initials)
    made.policies["json.dumps_kwargs"] = {"sort_keys": False}
    return made


def url(name: str, *args: Any, **kwargs: Any) -> str:
    """The address of a named page. Raises NoReverseMatch."""
    return reverse(name, args=args, kwargs=kwargs)


def initials(name: str) -> str:
    """Up to two letters that stand for a name or address: `Ada Love` → `AL`."""
    words = [word for word in name.replace("@", " ").replace(".", " ").split() if word[0].isalnum()]
    if not words:
        return "?"
    letters = words[0][0] + (words[-1][0] if len(words) > 1 and "@" not in name else "")
    return letters.upper()
