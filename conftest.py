"""Fixtures for every test of the project; the stand-in servers come from tests/servers."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.kinds import FAULTS_AMONG, STORIES_AMONG, is_among

CHECKOUT = Path(__file__).resolve().parent

pytest_plugins = [
    "tests.servers.fixtures",
    "tests.faults.reporting",
    "tests.sparing",
    "tests.emptying",
    "tests.order",
    "tests.sharing",
]

# By these a test reaches the database of its own process; pytest-django refuses it to every other test there.
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup"}

# Installations are furnished, saved and restored for the tests of these folders, once in each process that runs any of them.
# They go first: a worker with nothing left takes the last tests of another, so one worker runs all of these.
DEAR = {("tests", "backups"), ("tests", "upgrade")}

# The same examples in every run, so that a red run is about the change that was made; RAPPORT_TEST_RANDOM=yes looks further.
settings.register_profile(
    "rapport",
    deadline=None,
    derandomize=os.environ.get("RAPPORT_TEST_RANDOM") != "yes",
    suppress_health_check=[HealthCheck.too_slow],
)
# The second database is asked for its own behaviour, which few examples show; the wide search was made on the first.
settings.register_profile("second", parent=settings.get_profile("rapport"), max_examples=20)
settings.load_profile("second" if os.environ.get("RAPPORT_TEST_DATABASE") == "postgresql" else "rapport")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "journey: a whole story across apps (set by its folder, tests/journeys)")
    config.addinivalue_line("markers", "long: takes a minute or more and so begins first, or a run waits for it alone")
    config.addinivalue_line("markers", "database: touches the database (found by its fixtures and folder)")
    config.addinivalue_line(
        "markers", "any_database: decided by an address, words or bytes alone, so that one database is enough"
    )


def touches_database(item: pytest.Item, folder: tuple[str, ...]) -> bool:
    """Whether the database can make a difference: the test uses it or, in `tests/`, starts products that do."""
    if item.get_closest_marker("any_database"):
        return False
    if folder[0] == "tests" and folder[1] != "servers":
        return True
    fixtures = getattr(item, "fixturenames", ())
    return not DATABASE_FIXTURES.isdisjoint(fixtures) or item.get_closest_marker("django_db") is not None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test's folder says what it is, so that nobody forgets the mark; long ones go first, then those of DEAR."""
    folders = {path: path.relative_to(CHECKOUT).parts for path in {item.path for item in items}}
    for item in items:
        folder = folders[item.path]
        if touches_database(item, folder):
            item.add_marker(pytest.mark.database)
        if folder[:2] == ("tests", "journeys"):
            item.add_marker(pytest.mark.journey)
        if folder[:2] == ("tests", "faults"):
            item.add_marker(pytest.mark.fault)
    require_marks_in_files(items)
    items.sort(key=lambda item: (item.get_closest_marker("long") is None, folders[item.path][:2] not in DEAR))


def require_marks_in_files(items: list[pytest.Item]) -> None:
    """tools.suite looks for journeys and faults only in files that name the mark. Raises UsageError for any other."""
    for among, marks in ((STORIES_AMONG, ("browser", "journey")), (FAULTS_AMONG, ("fault",))):
        marked = {item.path for item in items if any(item.get_closest_marker(mark) for mark in marks)}
        if hidden := [path for path in sorted(marked) if not is_among(path, among)]:
            raise pytest.UsageError(f"write the mark out ({' or '.join(among)}) in {', '.join(map(str, hidden))}")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The public test data beside the checkout; its SOURCES.md says what is there."""
    folder = CHECKOUT.parent / "shared" / "data"
    if not (folder / "SOURCES.md").exists():
        pytest.skip("the shared test data is not here (../shared/data beside the checkout)")
    return folder


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """The database of the tests is there before Django looks for it, with every migration (tests.servers.migrated).

    SQLite is tested as it runs: in a file with the product's own settings, never in memory.
    """
    from django.conf import settings as django_settings

    from tests.servers import migrated, postgresql

    default = django_settings.DATABASES["default"]
    wishes = default.setdefault("TEST", {})
    if "sqlite" in default["ENGINE"]:
        wishes["NAME"] = str(Path(os.environ["RAPPORT_HOME"]) / "test.sqlite3")
        migrated.copy_sqlite(Path(wishes["NAME"]))
    else:
        wishes["NAME"] = wishes.get("NAME") or f"test_{default['NAME']}"
        server = os.environ["RAPPORT_DATABASE_URL"]
        postgresql.drop_database(server, wishes["NAME"])
        migrated.create_postgresql(server, wishes["NAME"])


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """Django takes the database that it finds; folder and server go when the tests end."""
    return True


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """What the migrations wrote is remembered, so that every transactional test can end with it."""
    from tests import emptying

    with django_db_blocker.unblock():
        emptying.remember()
