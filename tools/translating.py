"""Words for a language, in portions: python -m tools.translating out de FOLDER; fill in "words"; … in de FOLDER.

`out` writes what has no words yet as portion-01.json and so on; `in` judges every answer as `make check` would, keeps
the good ones in the catalogue, and names the others with what is wrong. Both may be repeated at any time: what is in
the catalogue is asked for no more. `all de FOLDER` writes everything, with the words there are, for reading over.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message

from tools import catalogues, wording
from tools.project import CHECKOUT

PORTION = 120


def main(act: str, locale: str, folder: Path, root: Path = CHECKOUT) -> int:
    """One of the acts; 1 if an answer was refused."""
    path = catalogues.source_path(root, locale)
    catalog = catalogues.updated(root, locale)
    if act == "in":
        refused = list(taken_in(catalog, folder, locale))
        catalogues.write(path, catalog, locale)
        print(
            "\n".join([*refused, f"{len(refused)} refused, {sum(map(catalogues.lacks, catalog))} still without words"])
        )
        return 1 if refused else 0
    folder.mkdir(parents=True, exist_ok=True)
    rows = [row(one, catalog) for one in catalog if one.id and (act == "all" or catalogues.lacks(one))]
    for number, start in enumerate(range(0, len(rows), PORTION), 1):
        text = json.dumps(rows[start : start + PORTION], ensure_ascii=False, indent=1)
        (folder / f"portion-{number:02}.json").write_text(text, "utf-8")
    print(f"{len(rows)} messages in {folder}")
    return 0


def row(message: Message, catalog: Catalog) -> dict[str, Any]:
    """One message as a translator gets it. `words` is one text, or a list of as many forms as the language has."""
    made: dict[str, Any] = {
        "id": name(message),
        "english": message.id,
        "where": [path for path, _ in message.locations],
    }
    if message.context:
        made["meaning"] = message.context
    if message.auto_comments:
        made["remark"] = " ".join(message.auto_comments)
    has_one = isinstance(message.id, str)
    empty: Any = "" if has_one else [""] * catalog.num_plurals
    return {**made, "words": empty if catalogues.lacks(message) else message.string}


def name(message: Message) -> str:
    """Short, and the same as long as the English is."""
    return hashlib.sha256(catalogues.name(message).encode()).hexdigest()[:10]


def taken_in(catalog: Catalog, folder: Path, locale: str) -> Iterator[str]:
    """Put every answer of the folder that keeps the rules into the catalogue; yields a sentence for each that does not."""
    known = {name(one): one for one in catalog if one.id}
    for path in sorted(folder.glob("*.json")):
        for answer in json.loads(path.read_text("utf-8")):
            message, words = known.get(answer["id"]), answer["words"]
            if message is None or not any(words):
                continue
            before, message.string = message.string, words if isinstance(words, str) else tuple(words)
            wrong = list(shape_faults(message, catalog)) or list(wording.faults(message, locale))
            if wrong:
                message.string = before
                yield f"{path.name} {answer['id']} {catalogues.key(message)[:50]!r}: {'; '.join(wrong)}"


def shape_faults(message: Message, catalog: Catalog) -> Iterator[str]:
    """Whether there are as many forms as the language counts by."""
    if isinstance(message.id, str) != isinstance(message.string, str):
        yield "one text where several forms are asked for, or the other way round"
    elif not isinstance(message.id, str) and len(wording.forms(message)) != catalog.num_plurals:
        yield f"{catalog.num_plurals} forms are asked for"


if __name__ == "__main__":
    if len(sys.argv) != 4 or sys.argv[1] not in {"out", "in", "all"}:
        sys.exit(str(__doc__))
    sys.exit(main(sys.argv[1], sys.argv[2], Path(sys.argv[3])))
