"""Fixtures for every test of the project; the stand-in servers come from tests/servers."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

CHECKOUT = Path(__file__).resolve().parent

pytest_plugins = ["tests.servers.fixtures", "tests.faults.reporting"]

settings.register_profile("rapport", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("rapport")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "journey: a whole story across apps (set by its folder, tests/journeys)")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test's folder says what it is, so that nobody forgets the mark."""
    for item in items:
        if (CHECKOUT / "tests" / "journeys") in item.path.parents:
            item.add_marker(pytest.mark.journey)
        if (CHECKOUT / "tests" / "faults") in item.path.parents:
            item.add_marker(pytest.mark.fault)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The public test data beside the checkout; its SOURCES.md says what is there."""
    folder = CHECKOUT.parent / "shared" / "data"
    if not (folder / "SOURCES.md").exists():
        pytest.skip("the shared test data is not here (../shared/data beside the checkout)")
    return folder


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """SQLite is tested as it runs: in a file with the product's own settings, never in memory."""
    from django.conf import settings as django_settings

    default = django_settings.DATABASES["default"]
    if "sqlite" in default["ENGINE"]:
        default.setdefault("TEST", {})["NAME"] = str(Path(os.environ["RAPPORT_HOME"]) / "test.sqlite3")


@pytest.fixture(autouse=True, scope="session")
def cheap_passwords() -> None:
    """Hashing a password costs a quarter of a second by design; a test's cast need not pay it."""
    from django.conf import settings as django_settings

    if django_settings.configured:
        django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
