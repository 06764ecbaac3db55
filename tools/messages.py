"""Every message of the product, as its source says it: code, our pages, and the pages we wrote for packages.

Babel reads the code and, with Jinja's own reader, the pages. A comment that begins with `Translators:` goes along.
"""

from __future__ import annotations

import gettext
import io
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import jinja2.ext
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from django.utils.translation.template import templatize

from tools.project import CHECKOUT, files, is_test

# What our code calls to have words translated, with the place of each word among the arguments ("c": the context).
CALLS: dict[str, Any] = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "noop", "gettext_noop")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
REMARK = "Translators:"
PREPARED = "prepared for a new company"  # as rapport.presets.offering asks for it
_PAGES = {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
_PACKAGES = ("django.conf", "django.contrib.auth", "allauth")
# A package's words are ours to write where it speaks to people in another way than we do: allauth's German says "Sie"
# on one page and "du" on the next. In every language it calls a passkey a security key, and a link a token.
OTHERWISE = {
    "de": re.compile(
        r"\b([Dd]u|[Dd]ich|[Dd]ir|[Dd]ein\w*|bestätige|wähle|versuche|gib)\b"
        r"|Sicherheitsschlüssel|Hauptschlüssel|Zwei-Faktor|(Falsches|abgelaufenes|Sicherheits-)\W?Token"
    ),
    # allauth's Spanish says "usted" on one page and "tú" on the next.
    "es": re.compile(
        r"\b([Tt]us?|[Tt]e|[Tt]ienes|[Pp]uedes|[Hh]as|[Ee]stás|[Dd]ecides|[Ii]ntroduce|[Tt]en|passkeys?)\b"
        r"|[Cc]laves? de seguridad|Llave maestra|dos factores|con el token|Token no válido|^El token"
    ),
    # allauth's French has typewriter apostrophes and says "(e)".
    "fr": re.compile(
        r"\w'\w|\(e\)|(?<![({])\b[Ee]mail\b(?![)}])|courriel|Ajoutée à|Utilisez |[Cc]lés? de s|deux facteurs|jeton de ré"
    ),
    # allauth's Chinese calls one thing by several names: 帐号, 账号 and 账户, 安全密钥 and passkey.
    "zh_Hans": re.compile("您|帐|双因素|两步|[Ee]mail|安全密钥|登出|passkey"),
}
Words = str | tuple[str, ...]
Found = tuple[str, int, Words, str | None, list[str]]


def collect(root: Path = CHECKOUT, locale: str = "") -> Catalog:
    """The messages in the order of their files, each with the files it stands in; with those of packages that are
    ours to write in this language."""
    catalog = Catalog()
    for path, _line, words, context, remarks in _everything(root):
        if words:
            catalog.add(words, locations=[(path, 0)], auto_comments=remarks, context=context)
    for message, said in of_packages(locale) if locale in OTHERWISE else ():
        if OTHERWISE[locale].search(said):
            catalog.add(message, locations=[("allauth", 0)], auto_comments=[f"The package says: {said.strip()}"])
    return catalog


@cache
def _everything(root: Path) -> tuple[Found, ...]:
    """Read once, however many languages are looked at."""
    return tuple(found_in(root))


def found_in(root: Path) -> Iterator[Found]:
    """Each place where words are translated: path, line, the words (one, or one and several), context, remarks."""
    for path in files(root, "*.py", "rapport"):
        source = (root / path).read_bytes()
        if b"gettext" in source and not is_test(path):
            yield from _read("python", path, source)
    for path in files(root, "*.*", "rapport"):
        if path.suffix not in {".html", ".txt"}:
            continue
        if "package_templates" in path.parts:
            plain = templatize((root / path).read_text("utf-8"))
            yield from _read("python", path, "\n".join(map(str.strip, plain.splitlines())).encode())
        elif "templates" in path.parts:
            yield from _read(jinja2.ext.babel_extract, path, (root / path).read_bytes())
    yield from _prepared(root)


def _prepared(root: Path) -> Iterator[Found]:
    """What the presets bring, which is made in the company's language."""
    for path in sorted((root / "rapport/presets/data").glob("*.toml")):
        with path.open("rb") as file:
            preset = tomllib.load(file)
        letter = preset["letter"]
        macros = [words for one in preset["macros"] for words in (one["name"], one["html"])]
        for words in (*preset["teams"], *preset["tags"], *macros, letter["subject"], letter["words"].strip()):
            yield path.relative_to(root).as_posix(), 0, words, PREPARED, []


def of_packages(locale: str) -> Iterator[tuple[Words, str]]:
    """What Django and allauth say in this language: the message (one, or one and several), and its words there."""
    for package in _PACKAGES:
        spec = find_spec(package)
        for place in spec.submodule_search_locations or () if spec else ():
            path = Path(place) / "locale" / locale / "LC_MESSAGES" / "django.mo"
            if path.is_file():
                with path.open("rb") as file:
                    yield from _said(gettext.GNUTranslations(file)._catalog)  # type: ignore[attr-defined]


def _said(catalog: dict[Any, str]) -> Iterator[tuple[Words, str]]:
    for key, said in catalog.items():
        if isinstance(key, tuple):
            # Of what has a plural only the first form is kept there; gettext looks for no other.
            if key[1] == 0:
                yield (key[0], key[0]), said
        elif key and "\4" not in key:
            yield key, said


def _read(method: Any, path: Path, source: bytes) -> Iterator[Found]:
    options = {} if method == "python" else _PAGES
    for line, words, remarks, context in extract(
        method, io.BytesIO(source), CALLS, [REMARK], options, strip_comment_tags=True
    ):
        yield path.as_posix(), line, words, context, [" ".join(remarks)] if remarks else []
