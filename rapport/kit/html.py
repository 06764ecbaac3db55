"""HTML from strangers: an allow-list made by nh3, remote content parked, and readable plain text.

What `sanitize` returns is canonical: every attribute value stands in double quotes with `"` written as an entity, so the
patterns below can find tags in it without a parser of their own. Nothing else may be given to the `sanitized` functions.
"""

from __future__ import annotations

import html as entities
import re
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import unquote

import nh3

from rapport.kit.html_shape import bare_text, tame, with_page_colours
from rapport.kit.html_text import text_of

_TAGS = set(
    "a abbr address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del dfn div dl dt em"
    " figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nobr ol p pre q rp rt ruby s samp"
    " section small span strike strong sub sup table tbody td tfoot th thead time tr tt u ul var wbr".split()
)
_CELL = {"align", "valign", "bgcolor", "width", "height", "colspan", "rowspan", "nowrap"}
_ATTRIBUTES = {
    "*": {"style", "title", "dir", "lang", "align"},
    "a": {"href"},
    "img": {"src", "srcset", "data-remote-src", "alt", "width", "height", "border", "hspace", "vspace"},
    "table": {"border", "cellpadding", "cellspacing", "width", "height", "bgcolor"},
    "td": _CELL,
    "th": _CELL,
    "tr": {"valign", "bgcolor"},
    "col": {"span", "width"},
    "colgroup": {"span", "width"},
    "font": {"color", "face", "size"},
    "ol": {"start", "type", "reversed"},
    "ul": {"type"},
    "li": {"value"},
    "hr": {"width", "size", "color", "noshade"},
    "time": {"datetime"},
    "span": {"data-mention"},
}
_WITHOUT_CONTENT = set(
    "script style title iframe object embed applet noframes noembed template svg math head xmp plaintext".split()
)
_STYLES = frozenset(
    "color background background-color font font-family font-size font-style font-weight font-variant line-height"
    " letter-spacing text-align text-decoration text-decoration-line text-indent text-transform vertical-align white-space"
    " word-break word-wrap overflow-wrap direction width height max-width min-width padding padding-top padding-right"
    " padding-bottom padding-left margin margin-top margin-right margin-bottom margin-left border border-top border-right"
    " border-bottom border-left border-color border-style border-width border-radius border-collapse border-spacing"
    " list-style list-style-type display".split()
)
_DISPLAYS = frozenset("none block inline inline-block table table-row table-cell list-item".split())
_VALUE = re.compile(r"""(?:[\w\s#.,%!+/'"-]|rgba?\([\d\s.,%/]*\)|hsla?\([\w\s.,%/]*\))*""")
_DECLARATION_END = re.compile(r";(?=\s*[a-zA-Z-]+\s*:|\s*$)")
_MENTION = re.compile(r"(?:person|team):[1-9][0-9]{0,17}")
_CONTROL = re.compile(r"[\x00-\x20\x7f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")
_LINK = re.compile(r"(?:https?:/{0,2}[^/]|mailto:|tel:|sms:)", re.I)
_REMOTE = re.compile(r"(?:https?:)?//[^/]", re.I)
_TAG = re.compile(r"<[a-z][a-z0-9]*(?: [a-z-]+=\"[^\"]*\")*>")
_DATA = re.compile(r"data:image/(?:png|jpe?g|gif|webp);base64,[A-Za-z0-9+/=%]*", re.I)
_IMAGE = re.compile(r"<img((?: [a-z-]+=\"[^\"]*\")*)>")
_ATTRIBUTE = re.compile(r" ([a-z-]+)=\"([^\"]*)\"")
MOST_PASSES = 4


def sanitize(html: str) -> str:
    """Safe HTML for showing a stranger's mail in the sandboxed frame; the same text comes back if given again.

    Scripts, styles, forms, embedded things and their content are gone; remote images wait in `data-remote-src`.
    """
    if not html:
        return ""
    html = html.replace("\0", "")
    seen = tame(html)
    if seen is None:
        return bare_text(html)
    seen = with_page_colours(seen)
    for _ in range(MOST_PASSES):
        # Repairing broken nesting can make new nesting to repair, so the passes go on until nothing changes.
        clean = _IMAGE.sub(_park_image, _CLEANER.clean(seen))
        if clean == seen:
            return clean
        seen = clean
    return seen


def _attribute(tag: str, name: str, value: str) -> str | None:
    """nh3 asks this for every attribute that is left: the value to keep, or None."""
    if name == "style":
        return clean_style(value) or None
    if name == "data-mention":
        return value if _MENTION.fullmatch(value) else None
    if name == "href":
        address = _CONTROL.sub("", value) if _CONTROL.search(value) else value
        return address if _LINK.match(address) else None
    if name in ("src", "data-remote-src"):
        address = _CONTROL.sub("", value)
        if _REMOTE.match(address):
            return address if address[:2] != "//" else f"https:{address}"
        loaded_inside = address[:4].lower() == "cid:" or _DATA.fullmatch(address)
        return address if name == "src" and loaded_inside else None
    return value


@lru_cache(maxsize=2048)
def clean_style(style: str) -> str:
    """The declarations of a style attribute that only colour and space text; '' if none is left."""
    if len(style) > 4000 or "\\" in style or "/*" in style:
        return ""
    kept = []
    for declaration in _DECLARATION_END.split(style):
        name, colon, value = declaration.partition(":")
        name, value = name.strip().lower(), " ".join(value.split())
        if not colon or name not in _STYLES or not value or len(value) > 300 or not _VALUE.fullmatch(value):
            continue
        if value.count('"') % 2 or value.count("'") % 2 or (name.startswith("margin") and "-" in value):
            continue
        if name == "display" and value.lower().removesuffix("!important").strip() not in _DISPLAYS:
            continue
        kept.append(f"{name}:{value}")
    return ";".join(kept)


def _relative(url: str) -> str | None:
    address = _CONTROL.sub("", url)
    return f"https:{address}" if _REMOTE.match(address) and address.startswith("//") else None


_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    clean_content_tags=_WITHOUT_CONTENT,
    attributes=_ATTRIBUTES,
    attribute_filter=_attribute,
    link_rel="noopener noreferrer nofollow",
    set_tag_attribute_values={"a": {"target": "_blank"}},
    url_schemes={"http", "https", "mailto", "tel", "sms", "cid", "data"},
    url_relative=_relative,
)


def _park_image(match: re.Match[str]) -> str:
    """The image tag with a remote source moved to where no browser loads it."""
    attributes = dict(reversed(_ATTRIBUTE.findall(match.group(1))))
    source = attributes.pop("src", "")
    candidates = entities.unescape(attributes.pop("srcset", "")).split()
    remote = source if _REMOTE.match(source) else attributes.pop("data-remote-src", "")
    attributes.pop("data-remote-src", None)
    if not remote and not source and candidates and _REMOTE.match(candidates[0]):
        first = candidates[0].rstrip(",")
        remote = entities.escape(first if first[:2] != "//" else f"https:{first}")
    kept = [("data-remote-src", remote)] if remote else [("src", source)] if source else []
    kept += [(name, attributes[name]) for name in sorted(attributes)]
    return "<img" + "".join(f' {name}="{value}"' for name, value in kept) + ">"


def for_our_page(html: str, pictures: dict[str, str] | None = None) -> str:
    """As sanitize, for HTML that stands among our own: without styles, which our policy refuses.

    `pictures`: addresses by Content-ID; a `cid:` without one loses its source.
    """
    return _TAG.sub(_without_style, with_inline_images(sanitize(html), pictures or {}))


def _without_style(match: re.Match[str]) -> str:
    tag = match.group()
    if ' style="' not in tag:
        return tag
    kept = [(name, value) for name, value in _ATTRIBUTE.findall(tag) if name != "style"]
    return tag.partition(" ")[0] + "".join(f' {name}="{value}"' for name, value in kept) + ">"


def to_text(html: str) -> str:
    """Readable plain text of any HTML: block breaks, lists, links with their address, quotations behind `> `."""
    return text_of(sanitize(html))


def has_remote_content(sanitized: str) -> bool:
    """Whether anything in the sanitised HTML waits for leave to load from elsewhere."""
    return any(' data-remote-src="' in match.group(1) for match in _IMAGE.finditer(sanitized))


def allow_remote(sanitized: str) -> str:
    """The sanitised HTML with its remote images loading from http and https again."""
    return _each_source(sanitized, "data-remote-src", lambda address: address if _REMOTE.match(address) else "")


def inline_ids(sanitized: str) -> set[str]:
    """The Content-IDs, without <>, of the pictures that the sanitised HTML shows by `cid:`."""
    found: set[str] = set()
    for match in _IMAGE.finditer(sanitized):
        source = entities.unescape(dict(_ATTRIBUTE.findall(match.group(1))).get("src", ""))
        if source[:4].lower() == "cid:":
            found.add(unquote(source[4:]))
    return found


def with_inline_images(sanitized: str, addresses: dict[str, str]) -> str:
    """The sanitised HTML with `cid:` images pointing to the given addresses (Content-ID without <> to URL).

    An image whose id is unknown loses its source.
    """

    def found(address: str) -> str:
        if address[:4].lower() != "cid:":
            return address
        cid = address[4:]
        return addresses.get(cid) or addresses.get(unquote(cid)) or ""

    return _each_source(sanitized, "src", found)


def _each_source(sanitized: str, attribute: str, found: Callable[[str], str]) -> str:
    """Every image with the source in `attribute` replaced by what `found` says, as `src`."""
    mark = f' {attribute}="'

    def replaced(match: re.Match[str]) -> str:
        if mark not in match.group(1):
            return match.group()
        attributes = dict(_ATTRIBUTE.findall(match.group(1)))
        address = found(entities.unescape(attributes.pop(attribute, "")))
        kept = ({"src": entities.escape(address)} if address else {}) | attributes
        return "<img" + "".join(f' {name}="{value}"' for name, value in kept.items()) + ">"

    return _IMAGE.sub(replaced, sanitized)


def frame_document(sanitized: str, *, allow_remote: bool) -> str:
    """A whole document for `srcdoc` of a sandboxed frame, with its own policy: no script, no form, no remote load.

    With `allow_remote`, images may load from anywhere; the caller has put them back by the function of that name.
    """
    images = "data: 'self' https: http:" if allow_remote else "data: 'self'"
    policy = f"default-src 'none'; img-src {images}; style-src 'unsafe-inline'; script-src 'none'; form-action 'none'"
    return (
        '<!doctype html><html><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="referrer" content="no-referrer"><base target="_blank">'
        f"<style>{_FRAME_STYLE}</style></head><body>{sanitized}</body></html>"
    )


_FRAME_STYLE = (
    "body{margin:0;font:15px/1.5 system-ui,sans-serif;overflow-wrap:anywhere;color:#1c1c1c;background:#fff}"
    "img{max-width:100%;height:auto}blockquote{margin:.5em 0;padding-left:.8em;border-left:3px solid #d5d5d5}"
    "pre{white-space:pre-wrap}table{max-width:100%}"
)
