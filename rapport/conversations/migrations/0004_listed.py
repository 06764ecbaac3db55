"""What leads to a conversation beyond own teams carries its status and time; lists and sums find theirs by an index."""

from typing import Any

from django.db import migrations, models

import rapport.kit.clock

_LINKS = ("conversations_sharedteam", "conversations_involvement")
_WATCHED = "status, last_message_at, merged_into_id"
_CHANGED = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in _WATCHED.split(", "))


def _status(row: str) -> str:
    return f"CASE WHEN {row}.merged_into_id IS NULL THEN {row}.status ELSE '' END"


_CARRY = " ".join(
    f"UPDATE {link} SET status = {_status('NEW')}, last_message_at = NEW.last_message_at "  # noqa: S608 - constants
    "WHERE conversation_id = NEW.id;"
    for link in _LINKS
)
_FILL = tuple(
    f"UPDATE {link} SET (status, last_message_at) = (SELECT {_status('c')}, c.last_message_at "  # noqa: S608 - constants
    f"FROM conversations_conversation c WHERE c.id = {link}.conversation_id)"
    for link in _LINKS
)
_SQLITE = (
    (
        f"CREATE TRIGGER conversations_listed_changed AFTER UPDATE OF {_WATCHED} ON conversations_conversation "
        f"WHEN {_CHANGED} BEGIN {_CARRY} END"
    ),
    *(
        f"CREATE TRIGGER {link}_listed AFTER INSERT ON {link} BEGIN {fill} WHERE {link}.id = NEW.id; END"
        for link, fill in zip(_LINKS, _FILL, strict=True)
    ),
)
_POSTGRESQL = (
    (
        "CREATE FUNCTION conversations_listed_changed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"{_CARRY} RETURN NULL; END $$"
    ),
    (
        f"CREATE TRIGGER conversations_listed_changed AFTER UPDATE OF {_WATCHED} ON conversations_conversation "
        f"FOR EACH ROW WHEN ({_CHANGED}) EXECUTE FUNCTION conversations_listed_changed()"
    ),
    # The lock keeps out a change of the conversation that would not see this row yet.
    (
        "CREATE FUNCTION conversations_listed_new() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "  # noqa: S608
        f"SELECT {_status('c')}, c.last_message_at INTO NEW.status, NEW.last_message_at "
        "FROM conversations_conversation c WHERE c.id = NEW.conversation_id FOR SHARE; RETURN NEW; END $$"
    ),
    *(
        f"CREATE TRIGGER {link}_listed BEFORE INSERT ON {link} FOR EACH ROW EXECUTE FUNCTION conversations_listed_new()"
        for link in _LINKS
    ),
)


def make(apps: Any, schema_editor: Any) -> None:
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    for statement in (*_FILL, *(_POSTGRESQL if is_postgresql else _SQLITE)):
        schema_editor.execute(statement)


def drop(apps: Any, schema_editor: Any) -> None:
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    triggers = {"conversations_listed_changed": "conversations_conversation"}
    triggers |= {f"{link}_listed": link for link in _LINKS}
    for name, table in triggers.items():
        schema_editor.execute(f"DROP TRIGGER {name} ON {table}" if is_postgresql else f"DROP TRIGGER {name}")
    if is_postgresql:
        for name in ("conversations_listed_changed", "conversations_listed_new"):
            schema_editor.execute(f"DROP FUNCTION {name}()")


def _copies(model: str) -> list[Any]:
    return [
        migrations.AddField(model, "status", models.CharField(default="", editable=False, max_length=10)),
        migrations.AddField(
            model, "last_message_at", models.DateTimeField(default=rapport.kit.clock.now, editable=False)
        ),
    ]


class Migration(migrations.Migration):
    dependencies = [("conversations", "0003_macros")]
    operations = [
        *_copies("sharedteam"),
        *_copies("involvement"),
        migrations.AddIndex(
            "sharedteam",
            models.Index(fields=["team", "status", "-last_message_at", "-conversation"], name="shared_team_listed"),
        ),
        migrations.AddIndex(
            "involvement",
            models.Index(
                fields=["account", "status", "-last_message_at", "-conversation", "reason"], name="involvement_listed"
            ),
        ),
        migrations.AddIndex(
            "conversation",
            models.Index(
                fields=["status", "team", "-last_message_at", "-id"],
                name="conversation_unassigned",
                condition=models.Q(("merged_into__isnull", True), ("assignee__isnull", True)),
            ),
        ),
        migrations.AddIndex(
            "viewcount",
            models.Index(fields=["team", "inbox", "status", "assignee", "number"], name="view_count_sums"),
        ),
        migrations.RunPython(make, drop),
    ]
