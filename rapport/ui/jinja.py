"""The Jinja environment of our pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, ngettext, npgettext, pgettext
from jinja2.ext import Extension
from markupsafe import Markup

from rapport.kit import secrets
from rapport.ui import assets, keys, lists, moments
from rapport.ui.compiling import Templates

_ICON = re.compile(r"""\{\{ *icon\((["'])([a-z0-9-]+)\1\) *\}\}""")


class IconsWritten(Extension):
    """Icons named by a plain word stand in the template as it is compiled: pages hold hundreds."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """Jinja calls this with the source of each template."""
        return _ICON.sub(lambda found: str(assets.icon(found[2])), source)


def environment(**options: Any) -> Templates:
    """Jinja as every page of ours has it: escaping on, gettext, `url()`, `static()`, icons and times."""
    made = Templates(extensions=["jinja2.ext.i18n", IconsWritten], trim_blocks=True, lstrip_blocks=True, **options)
    made.install_gettext_callables(  # type: ignore[attr-defined]
        gettext, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext
    )
    made.globals.update(
        _SAME_TO_ALL | made.globals,
        url=url,
        moment=moments.moment,
        keys_listed=keys.listed,
        file_size=moments.size,
        still=_still(made),
        once=once,
    )
    made.same_to_all = _SAME_TO_ALL
    made.filters.update(initials=initials, listed=lists.listed)
    made.policies["json.dumps_kwargs"] = {"sort_keys": False}
    return made


def _still(made: Templates) -> Callable[[str], Markup]:
    written: dict[tuple[str, str], Markup] = {}

    def still(name: str) -> Markup:
        """A part that knows nothing of its page and so says the same to everybody: written once a language."""
        key = translation.get_language() or "", name
        if key not in written:
            written[key] = Markup(made.get_template(name).render())  # noqa: S704
        return written[key]

    return still


def translated(message: str, **values: Any) -> Markup:
    """A sentence in the reader's language, values escaped. Messages are trusted as the templates are they stand in."""
    found = Markup(gettext(message))  # noqa: S704
    return found % values if "%" in found else found


def _in_context(context: str, message: str) -> Markup:
    return Markup(pgettext(context, message)) % {}  # noqa: S704


def once() -> Markup:
    """A key for a form that must not be done twice when it is sent twice (desk/repeating.py)."""
    return Markup('<input type="hidden" name="once" value="{}">').format(secrets.random_token())


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


# Once a template is compiled for a language, their answers stand in its text (see compiling).
_SAME_TO_ALL: dict[str, Callable[..., Any]] = {
    "_": translated,
    "pgettext": _in_context,
    "static": assets.asset,
    "behaviours": assets.behaviours,
    "stylesheet_address": assets.stylesheet_address,
    "import_map": assets.import_map,
    "icon": assets.icon,
    "age_words": moments.units,
    "key": keys.key,
    "chord": keys.chord,
    "pressed": keys.pressed,
    "keys_for_scripts": keys.for_scripts,
    "language": translation.get_language,
    "is_rtl": translation.get_language_bidi,
}
