"""Whether the database is up to date is told without loading the steps; a missing one is noticed all the same."""

import sys

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from rapport.config import starting


def record_every_step() -> MigrationRecorder:
    """The suite's database may have been made without steps."""
    recorder = MigrationRecorder(connection)
    recorder.ensure_schema()
    for app, name in MigrationLoader(connection).disk_migrations:
        if (app, name) not in recorder.applied_migrations():
            recorder.record_applied(app, name)
    return recorder


@pytest.mark.django_db
def test_a_database_that_lacks_any_one_step_is_refused() -> None:
    recorder = record_every_step()
    starting.require_current_database()
    newest = {app.label: "" for app in apps.get_app_configs()}
    for label, name in recorder.applied_migrations():
        newest[label] = max(newest.get(label, ""), name)
    for label in ("events", "mfa", "conversations"):
        recorder.record_unapplied(label, newest[label])
        with pytest.raises(starting.StartRefused, match="behind"):
            starting.require_current_database()
        recorder.record_applied(label, newest[label])


@pytest.mark.django_db
def test_a_current_database_is_recognised_without_loading_its_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    record_every_step()
    for name in [name for name in sys.modules if ".migrations." in name]:
        monkeypatch.delitem(sys.modules, name)
    assert starting.migrate() == 0
    assert not [name for name in sys.modules if ".migrations.0" in name]
