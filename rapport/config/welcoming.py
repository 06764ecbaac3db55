"""What `rapport run` says when it stands: the address, and how to sign in for the first time."""

from __future__ import annotations

from django.conf import settings


def prepare() -> list[str]:
    """Fill a demo folder if asked to, and return the lines to print once the pages answer."""
    environment = settings.ENVIRONMENT
    return ["", f"  Rapport is running at  {environment.base_url}/", *_sign_in_lines(), "", "  Ctrl-C stops it.", ""]


def _sign_in_lines() -> list[str]:
    from rapport.people import first_run

    environment = settings.ENVIRONMENT
    if environment.demo:
        from rapport.demo import seeding

        seeding.seed()
        return [f"  {line}" for line in seeding.sign_in_lines()]
    code = first_run.code()
    if not code:
        return []
    return [
        f"  Nobody has an account yet. Open {environment.base_url}/start/ and type this code, which works once:",
        f"  {code}",
    ]
