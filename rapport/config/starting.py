"""From a shell command to a process with settings, logging and Django; and the database brought up to date."""

from __future__ import annotations

import importlib.util
import logging
import os
import pkgutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import socket

    from rapport.config.environment import Environment


class StartRefused(Exception):
    """A start that cannot be; the text is for the operator."""


def start_django() -> None:
    """Read the settings, set logging up, start Django. Raises StartRefused with sentences for the operator."""
    from rapport.config.environment import SettingsRefused, read_environment
    from rapport.kit.secrets import KeyFileRefused

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rapport.config.settings")
    # Whatever the product writes (database, mails, keys, logs) is for its own user alone.
    os.umask(0o077)
    try:
        environment = read_environment(os.environ)
        from rapport.config import logging as log_setup

        log_setup.configure(level=environment.log_level, as_json=environment.log_format == "json")
        import django

        django.setup()
    except (SettingsRefused, KeyFileRefused) as refused:
        raise StartRefused(str(refused)) from None
    except OSError as error:
        raise StartRefused(f"The data folder cannot be used: {error}") from None


def migrate() -> int:
    """Bring the database up to date; how many steps that took. Raises StartRefused when it cannot be reached."""
    from django.core.management import call_command
    from django.db import OperationalError, connection

    from rapport.rows import first_schema

    steps = 0
    try:
        if not _names_every_step():
            with _without_waiting_for_the_disk():
                steps = first_schema.lay()
                if not _names_every_step():
                    steps += _take_missing_steps()
        if "cache" not in connection.introspection.table_names():
            call_command("createcachetable", verbosity=0)
    except OperationalError as error:
        raise StartRefused(f"The database cannot be used: {str(error).strip()}") from None
    return steps


def _take_missing_steps() -> int:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    ends = executor.loader.graph.leaf_nodes()
    plan = executor.migration_plan(ends)
    if plan:
        executor.migrate(ends, plan)
    return len(plan)


def _names_every_step() -> bool:
    """Whether the database names every migration there is. Told by their files' names: loading them is half a start."""
    from django.apps import apps
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.recorder import MigrationRecorder

    applied = set(MigrationRecorder(connection).applied_migrations())
    for app in apps.get_app_configs():
        module, _ = MigrationLoader.migrations_module(app.label)
        spec = importlib.util.find_spec(module) if module else None
        for found in pkgutil.iter_modules(spec.submodule_search_locations if spec else []):
            if found.name[0] not in "_~" and not found.ispkg and (app.label, found.name) not in applied:
                return False
    return True


@contextmanager
def _without_waiting_for_the_disk() -> Iterator[None]:
    """SQLite: a step that a power cut takes back is simply taken again, so only the last one is waited for."""
    from django.db import connection

    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=NORMAL")
        yield
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA wal_checkpoint")


def say(*lines: str) -> None:
    """Print lines for the operator at once."""
    print(*lines, sep="\n", file=sys.stdout, flush=True)


def prepare_apart(work: Callable[[], object]) -> None:
    """Run `work` in a process of its own: what it needs in memory, most of all on a new database, is gone afterwards.

    Raises StartRefused when it raised; the reason has been printed then.
    """
    from django.db import connections

    connections.close_all()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            work()
            code = 0
        except StartRefused as refused:
            print(refused, file=sys.stderr)
        except BaseException:
            logging.getLogger(__name__).exception("The data folder could not be prepared")
        finally:
            sys.stderr.flush()
            os._exit(code)
    if os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]):
        raise StartRefused("Rapport does not start without its database.")


def require_current_database() -> None:
    """Raises StartRefused when the database is not up to date or cannot be reached."""
    from django.db import OperationalError, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        if _names_every_step():
            return
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except OperationalError as error:
        raise StartRefused(f"The database cannot be used: {str(error).strip()}") from None
    if plan:
        raise StartRefused(f"The database is {len(plan)} steps behind this version. Run `rapport migrate` first.")


def listen(environment: Environment) -> socket.socket:
    """The socket of the pages. Raises StartRefused when its address is taken."""
    from rapport.config import processes

    try:
        return processes.open_listening_socket(environment.host, environment.port)
    except OSError as error:
        raise StartRefused(
            f"Rapport cannot listen on {environment.host}:{environment.port}: {error.strerror}. "
            "Stop what uses it, or set RAPPORT_PORT."
        ) from None


def say_link(make: Callable[[], str]) -> int:
    """Print the whole address of the path that `make` returns; its refusal as a sentence. The exit code."""
    from django.conf import settings

    from rapport.people.errors import PeopleRefusal

    try:
        path = make()
    except PeopleRefusal as refused:
        print(refused, file=sys.stderr)
        return 1
    say(f"{settings.ENVIRONMENT.base_url}{path}")
    return 0
