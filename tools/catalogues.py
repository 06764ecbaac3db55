"""The catalogues of translations: brought up to date with the source, compiled, and judged.

    python -m tools.catalogues         what `make messages` does: new messages in, old ones out, all compiled
    python -m tools.catalogues it      the same, and begins Italian

A language is shipped when settings.LANGUAGES names it; from then on no message may be missing. Compiled catalogues are
committed, because whoever runs Rapport has Python and nothing else; a check holds them to what their sources say.
"""

from __future__ import annotations

import ast
import io
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from tools import english, messages, wording
from tools.project import CHECKOUT, Finding

FOLDER = Path("rapport/ui/locale")
SETTINGS = Path("rapport/config/settings.py")
SOURCE = "en"
# Which form of a message a number takes. Django's own catalogues may count otherwise; each is asked by its own rule.
PLURALS = {
    "de": "nplurals=2; plural=(n != 1);",
    "es": "nplurals=2; plural=(n != 1);",
    "fr": "nplurals=2; plural=(n > 1);",
    "zh_Hans": "nplurals=1; plural=0;",
}
HEAD = """msgid ""
msgstr ""
"Language: {locale}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plurals}\\n"

"""


def main(root: Path = CHECKOUT, begun: tuple[str, ...] = ()) -> int:
    """Bring every catalogue up to date and compile it; says what each still lacks."""
    for locale in sorted({*locales(root), *begun}):
        path = source_path(root, locale)
        path.parent.mkdir(parents=True, exist_ok=True)
        catalog = updated(root, locale)
        write(path, catalog, locale)
        print(f"{locale}: {len(catalog)} messages, {sum(map(lacks, catalog))} without words")
    made = source_path(root, english.LOCALE).with_suffix(".mo")
    made.parent.mkdir(parents=True, exist_ok=True)
    made.write_bytes(compiled(english.pairs()))
    return 0


def locales(root: Path) -> list[str]:
    """Those that have a catalogue, as Django names their folders."""
    return sorted(path.parent.parent.name for path in (root / FOLDER).glob("*/LC_MESSAGES/django.po"))


def shipped(root: Path) -> list[str]:
    """Those people can choose and somebody translates, as Django names their folders: settings.LANGUAGES without the
    language of the source."""
    if not (root / SETTINGS).is_file():
        return []
    for node in ast.parse((root / SETTINGS).read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "LANGUAGES":
            codes = (code for code, _name in ast.literal_eval(node.value) if code != SOURCE)
            return [locale for locale in map(folder_name, codes) if locale != english.SAME]
    return []


def folder_name(code: str) -> str:
    """`zh-hans` as `zh_Hans`, `pt-br` as `pt_BR`."""
    language, _, rest = code.partition("-")
    return f"{language}_{rest.upper() if len(rest) == 2 else rest.title()}" if rest else language


def source_path(root: Path, locale: str) -> Path:
    """Where the words of a language are written."""
    return root / FOLDER / locale / "LC_MESSAGES" / "django.po"


def read(path: Path, locale: str) -> Catalog:
    """What a catalogue holds; an empty one where there is none."""
    return read_po(io.StringIO(path.read_text("utf-8"))) if path.is_file() else empty(locale)


def empty(locale: str) -> Catalog:
    """A catalogue of this language without a message."""
    return read_po(io.StringIO(HEAD.format(locale=locale, plurals=PLURALS[locale])))


def updated(root: Path, locale: str) -> Catalog:
    """All that the source says, with the words there are for it; what it says no longer is left out."""
    made = empty(locale)
    known = read(source_path(root, locale), locale)
    for message in messages.collect(root, locale):
        if not message.id:
            continue
        before = known.get(key(message), message.context)
        same_shape = before is not None and isinstance(before.id, str) == isinstance(message.id, str)
        words = before.string if before is not None and same_shape else ""
        kept = before.user_comments if before is not None else ()
        places = [(path, 0) for path, _ in dict.fromkeys(message.locations)]
        made.add(message.id, words, places, message.flags, message.auto_comments, kept, context=message.context)
    return made


def write(path: Path, catalog: Catalog, locale: str) -> None:
    """The source of a catalogue without line numbers, which change at every touch, and beside it the compiled one."""
    lines = io.BytesIO()
    write_po(lines, catalog, width=0, omit_header=True, include_lineno=False)
    path.write_text(
        HEAD.format(locale=locale, plurals=PLURALS[locale]) + lines.getvalue().decode().lstrip("\n"), "utf-8"
    )
    path.with_suffix(".mo").write_bytes(binary(catalog, locale))


def binary(catalog: Catalog, locale: str) -> bytes:
    """A catalogue compiled: what has no words yet, or doubtful ones, is left to the source."""
    pairs = {"": f"Content-Type: text/plain; charset=UTF-8\nPlural-Forms: {PLURALS[locale]}\n"}
    for message in catalog:
        if message.id and not lacks(message) and not message.fuzzy:
            pairs[name(message)] = "\0".join(wording.forms(message))
    return compiled(pairs)


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


def key(message: Message) -> str:
    """What a message is looked up by: its one form."""
    return message.id if isinstance(message.id, str) else message.id[0]


def name(message: Message) -> str:
    """What a compiled catalogue finds it by: context and forms."""
    return (f"{message.context}\4" if message.context else "") + "\0".join(sources(message))


def sources(message: Message) -> tuple[str, ...]:
    """The English: one form, or one and several."""
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def lacks(message: Message) -> bool:
    """Whether a form of it has no words yet."""
    return bool(message.id) and not all(wording.forms(message))


def find(root: Path) -> list[Finding]:
    """What is wrong with a catalogue; that something is missing only in a language that is shipped."""
    names = shipped(root)
    absent = [name for name in names if name not in locales(root)]
    found = [Finding(SETTINGS, 1, f"LANGUAGES names {name}, which has no catalogue") for name in absent]
    for locale in locales(root):
        path = source_path(root, locale)
        said = judged(root, path, locale, is_shipped=locale in names)
        found += [Finding(path.relative_to(root), 1, one) for one in said]
    made = source_path(root, english.LOCALE).with_suffix(".mo")
    if made.is_file() and made.read_bytes() != compiled(english.pairs()):
        found.append(Finding(made.relative_to(root), 1, "is older than tools/english.py: make messages"))
    return found


def judged(root: Path, path: Path, locale: str, *, is_shipped: bool) -> Iterator[str]:
    """Each fault of one catalogue, in a sentence."""
    catalog = read(path, locale)
    if path.with_suffix(".mo").read_bytes() != binary(catalog, locale) if path.with_suffix(".mo").is_file() else True:
        yield "the compiled catalogue is older than its words: make messages"
    for message in catalog:
        if message.id:
            yield from (f"{key(message)[:60]!r}: {fault}" for fault in wording.faults(message, locale))
    if is_shipped:
        yield from _incomplete(messages.collect(root, locale), catalog)


def _incomplete(wanted: Catalog, catalog: Catalog) -> Iterator[str]:
    for message in wanted:
        known = catalog.get(key(message), message.context) if message.id else message
        if known is None or (message.id and sources(known) != sources(message)):
            yield f"{key(message)[:60]!r} is not in it: make messages"
        elif lacks(known):
            yield f"{key(message)[:60]!r} has no words"
    for message in catalog:
        if message.id and wanted.get(key(message), message.context) is None:
            yield f"{key(message)[:60]!r} is said no longer: make messages"


if __name__ == "__main__":
    sys.exit(main(begun=tuple(sys.argv[1:])))
