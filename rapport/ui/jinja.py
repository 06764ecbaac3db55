"""The Jinja environment of our pages."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, ngettext, npgettext, pgettext
from jinja2 import Environment
from markupsafe import Markup

from rapport.ui import assets, moments

_sentences: dict[str, dict[str, Markup]] = {}


def environment(**options: Any) -> Environment:
    """Jinja as every page of ours has it: escaping on, gettext, `url()`, `static()`, icons and times."""
    made = Environment(extensions=["jinja2.ext.i18n"], trim_blocks=True, lstrip_blocks=True, **options)  # noqa: S701
    made.install_gettext_callables(  # type: ignore[attr-defined]
        gettext, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext
    )
    made.globals.update(
        _=translated,
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


def translated(message: str, **values: Any) -> Markup:
    """A sentence in the reader's language, values escaped. Each is looked up once a language: pages hold hundreds."""
    sentences = _sentences.setdefault(translation.get_language() or "", {})
    found = sentences.get(message)
    if found is None:
        # Messages stand in templates, so there are only so many of them; they are trusted as the templates are.
        found = sentences[message] = Markup(gettext(message))  # noqa: S704
    return found % values if "%" in found else found


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
