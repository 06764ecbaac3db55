"""Counts of the views, kept by the database itself, and what is there already counted once."""

from typing import Any

from django.db import migrations, models

_COLUMNS = "status, team_id, inbox_id, assignee_id, merged_into_id"
_CHANGED = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in _COLUMNS.split(", "))
_INTO = "INSERT INTO conversations_viewcount (status, team, inbox, assignee, number)"


def _row(row: str, number: int) -> str:
    inbox = f"CASE WHEN {row}.team_id IS NULL THEN COALESCE({row}.inbox_id, 0) ELSE 0 END"
    return (
        f"{_INTO} SELECT {row}.status, COALESCE({row}.team_id, 0), {inbox}, COALESCE({row}.assignee_id, 0), {number} "
        f"WHERE {row}.merged_into_id IS NULL AND {row}.status <> 'closed';"
    )


_SQLITE = (
    f"CREATE TRIGGER conversations_counted_new AFTER INSERT ON conversations_conversation BEGIN {_row('NEW', 1)} END",
    (
        f"CREATE TRIGGER conversations_counted_changed AFTER UPDATE OF {_COLUMNS} ON conversations_conversation "
        f"WHEN {_CHANGED} BEGIN {_row('OLD', -1)} {_row('NEW', 1)} END"
    ),
)
_POSTGRESQL = (
    (
        "CREATE FUNCTION conversations_counted_new() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"{_row('NEW', 1)} RETURN NULL; END $$"
    ),
    (
        "CREATE FUNCTION conversations_counted_changed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"{_row('OLD', -1)} {_row('NEW', 1)} RETURN NULL; END $$"
    ),
    (
        "CREATE TRIGGER conversations_counted_new AFTER INSERT ON conversations_conversation "
        "FOR EACH ROW EXECUTE FUNCTION conversations_counted_new()"
    ),
    (
        f"CREATE TRIGGER conversations_counted_changed AFTER UPDATE OF {_COLUMNS} ON conversations_conversation "
        f"FOR EACH ROW WHEN ({_CHANGED}) EXECUTE FUNCTION conversations_counted_changed()"
    ),
)
_NAMES = ("conversations_counted_new", "conversations_counted_changed")
_COUNT = (
    f"{_INTO} SELECT status, COALESCE(team_id, 0), CASE WHEN team_id IS NULL THEN COALESCE(inbox_id, 0) ELSE 0 END, "  # noqa: S608
    "COALESCE(assignee_id, 0), COUNT(*) FROM conversations_conversation "
    "WHERE merged_into_id IS NULL AND status <> 'closed' GROUP BY 1, 2, 3, 4"
)


def make(apps: Any, schema_editor: Any) -> None:
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    for statement in (*(_POSTGRESQL if is_postgresql else _SQLITE), _COUNT):
        schema_editor.execute(statement)


def drop(apps: Any, schema_editor: Any) -> None:
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    for name in _NAMES:
        schema_editor.execute(
            f"DROP TRIGGER {name} ON conversations_conversation" if is_postgresql else f"DROP TRIGGER {name}"
        )
        if is_postgresql:
            schema_editor.execute(f"DROP FUNCTION {name}()")


class Migration(migrations.Migration):
    dependencies = [("conversations", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="ViewCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("status", models.CharField(max_length=10)),
                ("team", models.BigIntegerField()),
                ("inbox", models.BigIntegerField()),
                ("assignee", models.BigIntegerField()),
                ("number", models.IntegerField()),
            ],
        ),
        migrations.RunPython(make, drop),
    ]
