"""What `rapport run` says when it stands: the address, and how to sign in for the first time."""

from __future__ import annotations

from django.conf import settings


def prepare() -> None:
    """Bring the database up to date and fill a demo folder if asked to. Raises StartRefused."""
    from rapport.backups import restoring
    from rapport.config import starting

    starting.migrate()
    restoring.forget_interrupted()
    if settings.ENVIRONMENT.demo:
        from rapport.demo import seeding

        seeding.seed()


def lines() -> list[str]:
    """What to print once the pages answer."""
    address = f"  Rapport is running at  {settings.ENVIRONMENT.base_url}/"
    return ["", address, *(f"  {line}" for line in _sign_in_lines()), "", "  Ctrl-C stops it.", ""]


def _sign_in_lines() -> list[str]:
    if settings.ENVIRONMENT.demo:
        from rapport.demo import seeding

        return seeding.sign_in_lines()
    from rapport.people import first_run

    code = first_run.code()
    if not code:
        return []
    start = f"{settings.ENVIRONMENT.base_url}/start/"
    return [f"Nobody has an account yet. Open {start} and type this code, which works once:", code]
