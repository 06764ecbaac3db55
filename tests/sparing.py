"""What a test process does once instead of thousands of times; nothing of it changes what a test sees."""

from __future__ import annotations

import gc
from typing import Any

import pytest

# The modules and tests that a process has collected stay to its end, so that looking through them finds nothing.
COLLECT_AFTER = (50_000, 20, 20)


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)


@pytest.fixture(autouse=True, scope="session")
def cheap_passwords() -> None:
    """Hashing a password costs a quarter of a second by design; a test's cast need not pay it."""
    from django.conf import settings

    if settings.configured:
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True, scope="session")
def static_files_found_once() -> None:
    """Every test client builds the middleware anew, for which WhiteNoise looks at every static file."""
    from whitenoise.middleware import WhiteNoiseMiddleware

    find = WhiteNoiseMiddleware.add_files_from_finders
    found: dict[str, Any] = {}

    def add_files_from_finders(middleware: Any) -> None:
        if not found:
            find(middleware)
            found.update(middleware.files)
        middleware.files.update(found)

    WhiteNoiseMiddleware.add_files_from_finders = add_files_from_finders


@pytest.fixture(autouse=True, scope="session")
def templates_unwatched(django_test_environment: None) -> None:
    """Django's tests copy the context of each rendered template (one for each option of a select); ours read answers."""
    from django.template.base import Template
    from django.test.utils import _TestState

    Template._render = _TestState.saved_data.template_render  # type: ignore[attr-defined]


@pytest.fixture(autouse=True, scope="session")
def failures_told_plainly() -> None:
    """Unasked, structlog draws each logged exception with rich, source and all: a test that logs ten took half a minute.

    The product's own processes say themselves how they log (rapport/config/logging.py), as plainly.
    """
    import structlog

    plainly = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*structlog.get_config()["processors"][:-1], plainly])
