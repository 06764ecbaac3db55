"""Our static files under addresses that change with their content, so that browsers may keep them for ever."""

from __future__ import annotations

import hashlib
import json
import re
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from markupsafe import Markup

# Comments, and the blanks that lines begin with; no rule of ours has either inside a string.
_FOR_PEOPLE = re.compile(r"\s*(?:/\*.*?\*/\s*|\n\s*)", re.DOTALL)
_AROUND_SIGNS = re.compile(r"\s*([{};])\s*")
FOLDER = Path(__file__).parent / "static" / "ui"


@cache
def asset(path: str) -> str:
    """The address of a static file with its content hash: `/static/ui/icons.svg?v=0f3a…`. Unknown files get none."""
    found = finders.find(path)
    address = f"{settings.STATIC_URL}{path}"
    if not isinstance(found, str):
        return address
    return f"{address}?v={_digest(Path(found).read_bytes())}"


@cache
def stylesheet() -> bytes:
    """All components in one sheet: the order of the layers first, then every file by name."""
    names = sorted(path.name for path in (FOLDER / "css").glob("*.css"))
    ordered = ["layers.css", *(name for name in names if name != "layers.css")]
    written = "\n".join((FOLDER / "css" / name).read_text(encoding="utf-8") for name in ordered)
    dense = _AROUND_SIGNS.sub(r"\1", _FOR_PEOPLE.sub("\n", written))
    # No string of ours holds either; a selector has no blank after its colon.
    return dense.replace(": ", ":").replace(";}", "}").encode()


@cache
def stylesheet_address() -> str:
    """Where the sheet of `stylesheet()` is served, named by its content."""
    return f"/ui/style.css?v={_digest(stylesheet())}"


@cache
def import_map() -> Markup:
    """JSON that lets behaviours import each other by name (`ui/toast.js`) at their hashed addresses."""
    names = sorted(path.name for path in (FOLDER / "js").glob("*.js"))
    imports = {f"ui/{name}": asset(f"ui/js/{name}") for name in names}
    imports["django-prose-editor/editor"] = asset("django_prose_editor/editor.js")
    # A "<" inside a script element could end it; nothing else needs escaping there.
    return Markup(json.dumps({"imports": imports}).replace("<", "\\u003c"))  # noqa: S704


@cache
def behaviours(*names: str) -> Markup:
    """The scripts of a page by the names of their behaviours."""
    tag = Markup('<script type="module" src="{}"></script>\n')
    return Markup("").join(tag.format(asset(f"ui/js/{name}.js")) for name in names)


@cache
def icon(name: str) -> Markup:
    """One icon of icons.svg, decorative: the words beside it, or an aria-label, say what it means."""
    return Markup('<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>').format(asset("ui/icons.svg"), name)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:12]
