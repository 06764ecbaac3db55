"""Pseudo-languages made from the source strings: python -m tools.pseudo FOLDER.

`en_XA` writes every letter with an accent and every sentence 40 % longer; `ar_XB` reads from right to left. Whatever
shows in plain English under them was never given to gettext. Written as compiled catalogues; needs no gettext tools.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tools import catalogues, messages
from tools.wording import KEPT

LETTERS = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "áƀçďéƒǧĥíĵķļɱñóþɋřšťúṽŵẋýžÁƁÇĎÉƑǦĤÍĴĶĻṀÑÓÞɊŘŠŤÚṼŴẊÝŽ"
)
LONGER = 0.4


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


def known() -> set[str]:
    """Every message of ours, and those of Django and allauth that have German, as compiled catalogues name them."""
    ours = {catalogues.name(one) for one in messages.collect() if one.id}
    return ours | {words if isinstance(words, str) else "\0".join(words) for words, _ in messages.of_packages("de")}


def write(folder: Path) -> None:
    """Write both catalogues below `folder`, as Django looks for them."""
    names = known()
    for locale, made in (("en_XA", accented), ("ar_XB", leftwards)):
        target = folder / locale / "LC_MESSAGES"
        target.mkdir(parents=True, exist_ok=True)
        pairs = {"": "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=2; plural=(n != 1);\n"}
        for name in names:
            pairs[name] = "\0".join(made(one) for one in name.rpartition("\4")[2].split("\0"))
        (target / "django.mo").write_bytes(catalogues.compiled(pairs))


if __name__ == "__main__":
    write(Path(sys.argv[1]))
