"""Pseudo-languages made from the source strings: python -m tools.pseudo FOLDER.

`en_XA` writes every letter with an accent and every sentence 40 % longer; `ar_XB` reads from right to left. Whatever
shows in plain English under them was never given to gettext. Written as compiled catalogues; needs no gettext tools.
"""

from __future__ import annotations

import ast
import gettext
import re
import struct
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from jinja2 import Environment
from jinja2.ext import extract_from_ast

ROOT = Path(__file__).resolve().parent.parent
ONE = {"_", "gettext", "gettext_lazy", "noop", "gettext_noop"}
SEVERAL = {"ngettext", "ngettext_lazy"}
LETTERS = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "áƀçďéƒǧĥíĵķļɱñóþɋřšťúṽŵẋýžÁƁÇĎÉƑǦĤÍĴĶĻṀÑÓÞɊŘŠŤÚṼŴẊÝŽ"
)
# What must stay as it is: values, placeholders of macros, tags, entities, filters of the search.
KEPT = re.compile(r"%\([^)]*\)[a-z]|%[sd%]|\{\{.*?\}\}|\{[a-z_]*\}|<[^>]*>|&[a-z#0-9]+;|\b[a-z]+:[\w-]+")
# Packages' own pages are Django templates.
DJANGO = re.compile(r"""\{%\s*translate\s+"([^"]+)"\s*%\}""")
LONGER = 0.4
Message = str | tuple[str, str]


def accented(text: str) -> str:
    """`Send` as `Šéñď~~`: other letters, the same values, 40 % longer."""
    parts, at = [], 0
    for kept in KEPT.finditer(text):
        parts += [text[at : kept.start()].translate(LETTERS), kept.group()]
        at = kept.end()
    parts.append(text[at:].translate(LETTERS))
    letters = sum(char.isalpha() for part in parts[::2] for char in part)
    return "".join(parts) + "~" * round(letters * LONGER)


def leftwards(text: str) -> str:
    """The same without the length: what turns is the page."""
    return accented(text).rstrip("~") or text


def messages() -> set[Message]:
    """Every string that our code and templates give to gettext, and those of Django and allauth that have German."""
    found: set[Message] = set()
    for path in (ROOT / "rapport").rglob("*.py"):
        if "tests" not in path.parts:
            found |= set(_in_python(path.read_text("utf-8")))
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    for path in (ROOT / "rapport").rglob("templates/**/*.html"):
        for _line, _function, message in extract_from_ast(environment.parse(path.read_text("utf-8")), [*ONE, *SEVERAL]):
            words = [message] if isinstance(message, str) else [one for one in message or () if one]
            found |= {words[0]} if len(words) == 1 else {(words[0], words[1])} if words else set()
    for path in (ROOT / "rapport").rglob("package_templates/**/*.html"):
        found |= set(DJANGO.findall(path.read_text("utf-8")))
    return found | _of_packages()


def write(folder: Path) -> None:
    """Write both catalogues below `folder`, as Django looks for them."""
    known = messages()
    for locale, made in (("en_XA", accented), ("ar_XB", leftwards)):
        target = folder / locale / "LC_MESSAGES"
        target.mkdir(parents=True, exist_ok=True)
        pairs = {"": "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=2; plural=(n != 1);\n"}
        for message in known:
            several = message if isinstance(message, tuple) else (message,)
            pairs["\0".join(several)] = "\0".join(made(one) for one in several)
        (target / "django.mo").write_bytes(compiled(pairs))


def compiled(pairs: dict[str, str]) -> bytes:
    """A catalogue in gettext's binary form: two tables of lengths and places, then the texts."""
    ordered = sorted((key.encode(), value.encode()) for key, value in pairs.items() if value)
    head = 7 * 4
    place = head + 16 * len(ordered)
    tables: list[list[int]] = [[], []]
    texts = b""
    for which in (0, 1):
        for pair in ordered:
            tables[which] += [len(pair[which]), place + len(texts)]
            texts += pair[which] + b"\0"
    numbers = [*tables[0], *tables[1]]
    start = struct.pack("<7I", 0x950412DE, 0, len(ordered), head, head + 8 * len(ordered), 0, 0)
    return start + struct.pack(f"<{len(numbers)}I", *numbers) + texts


def _in_python(source: str) -> Iterator[Message]:
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        words = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        if name in ONE and words:
            yield words[0]
        elif name in SEVERAL and len(words) > 1:
            yield words[0], words[1]


def _of_packages() -> set[Message]:
    found: set[Message] = set()
    for package in ("django.conf", "django.contrib.auth", "allauth"):
        spec = find_spec(package)
        for place in spec.submodule_search_locations or () if spec else ():
            path = Path(place) / "locale" / "de" / "LC_MESSAGES" / "django.mo"
            if path.is_file():
                with path.open("rb") as file:
                    keys: list[Any] = list(gettext.GNUTranslations(file)._catalog)  # type: ignore[attr-defined]
                # Of what has a plural only the first form is kept there; gettext looks for no other.
                several = {(key[0], key[0]) for key in keys if isinstance(key, tuple)}
                found |= several | {key for key in keys if isinstance(key, str) and key and "\4" not in key}
    return found


if __name__ == "__main__":
    write(Path(sys.argv[1]))
