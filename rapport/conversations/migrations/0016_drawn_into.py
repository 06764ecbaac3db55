"""What leads to a conversation beyond own teams carries its team, inbox and assignee too, so that counts are read from an
index of it alone. No table is built anew: their triggers stay, and a million conversations take seconds."""

from importlib import import_module
from typing import Any

from django.db import migrations, models

# What 0008 does, with more columns: each copy and the column of the conversation it is of.
_LINKS = ("conversations_sharedteam", "conversations_involvement")
_ADDED = {"in_team": "team_id", "in_inbox": "inbox_id", "held_by": "assignee_id"}
_COPIED = {
    "last_message_at": "last_message_at",
    "waiting_since": "waiting_since",
    "begun_at": "created_at",
    "priority": "priority",
    **_ADDED,
}
_WATCHED = ("status", "merged_into_id", *_COPIED.values())
_CHANGED = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in _WATCHED)


def _status(row: str) -> str:
    return f"CASE WHEN {row}.merged_into_id IS NULL THEN {row}.status ELSE '' END"


_CARRY = " ".join(
    f"UPDATE {link} SET status = {_status('NEW')}, "  # noqa: S608 - constants
    + ", ".join(f"{copy} = NEW.{column}" for copy, column in _COPIED.items())
    + " WHERE conversation_id = NEW.id;"
    for link in _LINKS
)
# Of all rows there are, only what they do not carry yet.
_FILL = tuple(
    f"UPDATE {link} SET ({', '.join(_ADDED)}) = "  # noqa: S608 - constants
    f"(SELECT {', '.join(f'c.{column}' for column in _ADDED.values())} "
    f"FROM conversations_conversation c WHERE c.id = {link}.conversation_id)"
    for link in _LINKS
)
_NEW = tuple(
    f"UPDATE {link} SET (status, {', '.join(_COPIED)}) = "  # noqa: S608 - constants
    f"(SELECT {_status('c')}, {', '.join(f'c.{column}' for column in _COPIED.values())} "
    f"FROM conversations_conversation c WHERE c.id = {link}.conversation_id) WHERE {link}.id = NEW.id;"
    for link in _LINKS
)
_ON_CHANGE = f"AFTER UPDATE OF {', '.join(_WATCHED)} ON conversations_conversation"
_SQLITE = (
    "DROP TRIGGER conversations_listed_changed",
    f"CREATE TRIGGER conversations_listed_changed {_ON_CHANGE} WHEN {_CHANGED} BEGIN {_CARRY} END",
    *(f"DROP TRIGGER {link}_listed" for link in _LINKS),
    *(
        f"CREATE TRIGGER {link}_listed AFTER INSERT ON {link} BEGIN {fill} END"
        for link, fill in zip(_LINKS, _NEW, strict=True)
    ),
)
_POSTGRESQL = (
    "DROP TRIGGER conversations_listed_changed ON conversations_conversation",
    (
        "CREATE OR REPLACE FUNCTION conversations_listed_changed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"{_CARRY} RETURN NULL; END $$"
    ),
    (
        f"CREATE TRIGGER conversations_listed_changed {_ON_CHANGE} "
        f"FOR EACH ROW WHEN ({_CHANGED}) EXECUTE FUNCTION conversations_listed_changed()"
    ),
    (
        "CREATE OR REPLACE FUNCTION conversations_listed_new() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "  # noqa: S608
        f"SELECT {_status('c')}, {', '.join(f'c.{column}' for column in _COPIED.values())} "
        f"INTO NEW.status, {', '.join(f'NEW.{copy}' for copy in _COPIED)} "
        "FROM conversations_conversation c WHERE c.id = NEW.conversation_id FOR SHARE; RETURN NEW; END $$"
    ),
)


def make(apps: Any, schema_editor: Any) -> None:
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    for statement in (*_FILL, *(_POSTGRESQL if is_postgresql else _SQLITE)):
        schema_editor.execute(statement)
    # The new indexes have no statistics yet, and the planner goes by them.
    if not is_postgresql:
        schema_editor.execute("PRAGMA analysis_limit=1000")
    for link in _LINKS:
        schema_editor.execute(f"ANALYZE {link}")


def make_as_before(apps: Any, schema_editor: Any) -> None:
    """The triggers of 0008, which know nothing of the columns that go."""
    import_module("rapport.conversations.migrations.0008_views").make(apps, schema_editor)


class Migration(migrations.Migration):
    dependencies = [("conversations", "0015_letters_aside")]
    operations = [
        *(
            migrations.AddField(model, copy, models.BigIntegerField(editable=False, null=True))
            for model in ("sharedteam", "involvement")
            for copy in _ADDED
        ),
        migrations.AddIndex(
            "sharedteam",
            models.Index(
                fields=["team", "status", "conversation", "in_team", "in_inbox", "held_by"], name="shared_team_counts"
            ),
        ),
        migrations.AddIndex(
            "involvement",
            models.Index(
                fields=["account", "status", "conversation", "reason", "in_team", "in_inbox", "held_by"],
                name="involvement_counts",
            ),
        ),
        migrations.RunPython(make, make_as_before),
    ]
