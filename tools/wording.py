"""Whether a translation keeps what its source promises: values, markup, edges, and the marks its language writes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from babel.messages.catalog import Message

# What must stay as it is: values, placeholders of macros, tags, entities, filters of the search.
KEPT = re.compile(r"%\([^)]*\)[a-z]|%[sd%]|\{\{.*?\}\}|\{[a-z_]*\}|<[^>]*>|&[a-z#0-9]+;|\b[a-z]+:[\w-]+")
_FALLBACK = re.compile(r"\|[^}]*")
# How a sentence ends, and what may stand for that elsewhere.
_ENDS = {".": ".。", ":": ":：", "?": "?？", "!": "!！", "…": "…"}
_CLOSING = "\u201c\u201d\u2019\u00bb)）\u00a0\u202f "
_LONG = 25  # shorter texts may be abbreviations, which end in a full stop where English writes none
# What a language does not write, each with the reason.
_CJK = "[\u3400-\u9fff\u3001-\u3002]"
_AMISS: dict[str, tuple[tuple[re.Pattern[str], str], ...]] = {
    "de": ((re.compile("”"), "quotes are „…“"), (re.compile(r"(^|\s)“"), "a quote opens with „")),
    "fr": (
        (re.compile(r"(?<=\w) [;:!?»%]|« "), "a no-break space stands before ; : ! ? » and after «"),
        (re.compile("[“”]"), "quotes are « … »"),
    ),
    "es": (
        (re.compile(r"^[^¿]*\?"), "a question opens with ¿"),
        (re.compile(r"^[^¡]*!"), "an exclamation opens with ¡"),
    ),
    "zh_Hans": (
        (
            re.compile(f"(?<={_CJK})[,;!?]|(?<={_CJK}):(?!\\w)|(?<={_CJK})\\.(?!\\w)"),
            "marks after characters are ，；：！？。",
        ),
    ),
}
# French says nought with the form of one.
_ONE_MEANS_NOUGHT_TOO = {"fr"}


def forms(message: Message) -> tuple[str, ...]:
    """The words of a translation: one form, or as many as its language counts by."""
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


def faults(message: Message, locale: str) -> Iterator[str]:
    """What is wrong with the words of one message; what has none yet is no fault here."""
    sources = (message.id,) if isinstance(message.id, str) else tuple(message.id)
    words = forms(message)
    if not any(words):
        return
    if message.fuzzy:
        yield "is marked fuzzy"
    for at, said in enumerate(words):
        is_one = at == 0 and len(words) > 1 and locale not in _ONE_MEANS_NOUGHT_TOO
        yield from _against(sources[0] if is_one else sources[-1], said, locale)


def _against(source: str, said: str, locale: str) -> Iterator[str]:
    if not said:
        yield "lacks a form"
        return
    wanted, given = kept(source), kept(said)
    if wanted != given:
        lost, new = wanted - given, given - wanted
        yield f"values or tags differ: lost {sorted(lost)}, new {sorted(new)}"
    if _edges(source) != _edges(said):
        yield "begins or ends with other white space"
    plain, told = source.rstrip(), said.rstrip()
    if plain and plain[-1] in _ENDS and (plain[-1] in ":…" or len(plain) > _LONG):
        closing = told.rstrip(_CLOSING)
        if closing[-1:] not in _ENDS[plain[-1]]:
            yield f"ends otherwise than with {plain[-1]}"
    if '"' in KEPT.sub("", said) and '"' not in KEPT.sub("", source):
        yield "has straight quotes where the source has none"
    for pattern, reason in _AMISS.get(locale, ()):
        if pattern.search(KEPT.sub("", said)):
            yield reason


def kept(text: str) -> Counter[str]:
    """Values, tags and the like, each as often as it stands there. What a placeholder says instead of a value is text."""
    signs = ["#"] * text.count("#")  # before a number, or where a script puts one
    return Counter([_FALLBACK.sub("", one) for one in KEPT.findall(text)] + signs)


def _edges(text: str) -> tuple[str, str]:
    return text[: len(text) - len(text.lstrip(" \n"))], text[len(text.rstrip(" \n")) :]
