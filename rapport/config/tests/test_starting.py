"""A start loads no more than all processes need: no migrations when the database has them, nothing heavy and rare."""

import os
import subprocess
import sys
from pathlib import Path

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


RARE = "psycopg psycopg2 PIL ninja aiosmtpd imapclient dkim dns lxml openpyxl holidays phonenumbers requests smtplib imaplib"
LOAD = f"""
import sys
from rapport.config import starting
starting.start_django()
from rapport.config import processes
processes.load_everything()
sys.exit(", ".join(set("{RARE}".split()) & set(sys.modules)) or 0)
"""


def test_what_few_need_is_not_loaded_before_the_fork(tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("RAPPORT_", "DJANGO_"))}
    command = [sys.executable, "-c", LOAD]
    done = subprocess.run(
        command, env={**kept, "RAPPORT_HOME": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
