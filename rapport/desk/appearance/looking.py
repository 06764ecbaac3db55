"""What a page says of the company's own look: one style sheet and one picture, both named by their content."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache

from rapport.people.models import Installation
from rapport.ui import accents

# Wide or square, a logo keeps its shape; a name that has no room beside it goes below. By night it stands on a light
# plate, because letters of most logos are dark.
_LOGO = """@layer components{
.brand:has(.brand__logo){flex-wrap:wrap;row-gap:6px;min-inline-size:0}
.brand__logo{display:block;max-block-size:32px;max-inline-size:min(144px,100%);object-fit:contain;border-radius:4px;
background:light-dark(transparent,#f8f5ef);box-shadow:0 0 0 3px light-dark(transparent,#f8f5ef)}
.brand__logo~.brand__name{min-inline-size:0;max-inline-size:100%}
.quiet__brand:has(.brand__logo){flex-direction:column;gap:12px}
.quiet__brand .brand__logo{max-block-size:56px;max-inline-size:min(260px,100%)}
@media (width < 900px){.rail .brand:has(.brand__logo){flex-wrap:nowrap}.rail .brand__logo{max-inline-size:112px;flex:none}}
}"""


@dataclass(frozen=True, slots=True)
class Look:
    """Addresses; empty where the company chose nothing."""

    sheet: str = ""
    logo: str = ""


def look_of(house: Installation) -> Look:
    """Where this company's style sheet and logo are served."""
    key = version(house)
    logo = f"/appearance/logo/{house.logo_sha256}.webp" if house.logo_sha256 else ""
    return Look(f"/appearance/{key}.css" if key else "", logo)


def version(house: Installation) -> str:
    """Another word with each change of the style sheet, whether the company or a new release made it; empty for none."""
    return _digest(house.accent, has_logo=bool(house.logo_sha256)) if house.accent or house.logo_sha256 else ""


@lru_cache(maxsize=64)
def sheet(accent: str, *, has_logo: bool) -> str:
    """The style sheet: the tokens of the accent, and room for the logo."""
    tokens = f"@layer tokens{{{accents.rule(':root', accents.shades(accent))}}}" if accent else ""
    return tokens + (_LOGO if has_logo else "")


@lru_cache(maxsize=64)
def _digest(accent: str, *, has_logo: bool) -> str:
    return hashlib.sha256(sheet(accent, has_logo=has_logo).encode()).hexdigest()[:12]
