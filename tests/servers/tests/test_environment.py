"""The suite runs where it says it runs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection


@pytest.mark.django_db
def test_the_suite_runs_on_the_database_it_was_told_to_use():
    assert connection.vendor == os.environ.get("RAPPORT_TEST_DATABASE", "sqlite")


@pytest.mark.django_db
def test_sqlite_is_a_file_with_the_products_own_durability():
    if connection.vendor != "sqlite":
        pytest.skip("this run is on PostgreSQL")
    with connection.cursor() as cursor:
        modes = [cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")]
    assert modes == ["wal", 2]
    assert Path(settings.DATABASES["default"]["NAME"]).is_relative_to(settings.ENVIRONMENT.home)


def test_every_process_has_a_data_folder_of_its_own():
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    assert settings.ENVIRONMENT.home == Path(os.environ["RAPPORT_TEST_FOLDER"]) / worker


def test_the_callers_settings_are_forgotten():
    assert {name for name in os.environ if name.startswith("RAPPORT_") and "_TEST_" not in name} <= {
        "RAPPORT_HOME", "RAPPORT_DATABASE_URL", "RAPPORT_FAULT_SIZE", "RAPPORT_FAULT_SEED",
    }  # fmt: skip
