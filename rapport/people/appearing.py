"""How the company's pages look: an accent colour and a logo of its own."""

from __future__ import annotations

import tempfile
from pathlib import Path

from django.db import transaction

from rapport.files import storing
from rapport.kit import colours, pictures
from rapport.people import installing
from rapport.people.errors import LogoRefused, NotAColour
from rapport.people.models import Account, Installation

MOST_LOGO_BYTES = 1024 * 1024


def read_colour(written: str) -> str:
    """What a person wrote as `#rrggbb`; empty stays empty. Raises NotAColour."""
    found = colours.read(written) if written.strip() else ""
    if found is None:
        raise NotAColour
    return found


def drawn_logo(data: bytes) -> bytes:
    """The picture's pixels as WebP, nothing else of what was given. Takes up to seconds: outside of any transaction.

    Raises LogoRefused, TimeoutError, OSError.
    """
    if not data or len(data) > MOST_LOGO_BYTES:
        raise LogoRefused
    with tempfile.TemporaryDirectory(prefix="rapport-logo-") as folder:
        source, target = Path(folder) / "given", Path(folder) / "drawn"
        source.write_bytes(data)
        try:
            pictures.draw_anew(source, target)
        except pictures.PictureRefused as error:
            raise LogoRefused from error
        return target.read_bytes()


@transaction.atomic
def change(*, accent: str, logo: bytes | None, by: Account | None) -> Installation:
    """Take this accent (empty: Rapport's own) and this logo, from `drawn_logo()` (empty: none; None: as it is).

    Raises NotAColour, OSError.
    """
    values = {"accent": read_colour(accent)}
    if logo is not None:
        values["logo_sha256"] = storing.store_bytes(logo).sha256 if logo else ""
    return installing.store(by, **values)
