"""Saved views; the orders of lists: their indexes, and their columns copied to what leads beyond own teams."""

from importlib import import_module
from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import rapport.kit.clock

# What 0004 does, with more columns: each copy and the column of the conversation it is of.
_LINKS = ("conversations_sharedteam", "conversations_involvement")
_COPIED = {
    "last_message_at": "last_message_at",
    "waiting_since": "waiting_since",
    "begun_at": "created_at",
    "priority": "priority",
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
_FILL = tuple(
    f"UPDATE {link} SET (status, {', '.join(_COPIED)}) = "  # noqa: S608 - constants
    f"(SELECT {_status('c')}, {', '.join(f'c.{column}' for column in _COPIED.values())} "
    f"FROM conversations_conversation c WHERE c.id = {link}.conversation_id)"
    for link in _LINKS
)
_ON_CHANGE = f"AFTER UPDATE OF {', '.join(_WATCHED)} ON conversations_conversation"
_SQLITE = (
    "DROP TRIGGER conversations_listed_changed",
    f"CREATE TRIGGER conversations_listed_changed {_ON_CHANGE} WHEN {_CHANGED} BEGIN {_CARRY} END",
    *(f"DROP TRIGGER {link}_listed" for link in _LINKS),
    *(
        f"CREATE TRIGGER {link}_listed AFTER INSERT ON {link} BEGIN {fill} WHERE {link}.id = NEW.id; END"
        for link, fill in zip(_LINKS, _FILL, strict=True)
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


def make_as_before(apps: Any, schema_editor: Any) -> None:
    """The triggers of 0004, which know nothing of the columns that go."""
    before = import_module("rapport.conversations.migrations.0004_listed")
    before.drop(apps, schema_editor)
    before.make(apps, schema_editor)


class Migration(migrations.Migration):
    dependencies = [
        ("channels", "0001_initial"),
        ("conversations", "0007_beside"),
        ("people", "0004_personal_signature"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Arrangement",
            fields=[
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="arrangement",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("places", models.JSONField(default=list)),
                ("hidden", models.JSONField(default=list)),
                ("density", models.CharField(blank=True, max_length=10)),
                ("orders", models.JSONField(default=dict)),
                ("columns", models.JSONField(default=dict)),
            ],
        ),
        migrations.CreateModel(
            name="View",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                ("icon", models.CharField(blank=True, max_length=30)),
                ("condition", models.JSONField(default=dict)),
                ("ordering", models.CharField(default="activity", max_length=20)),
                ("columns", models.JSONField(default=list)),
                ("position", models.PositiveIntegerField(default=0)),
                ("changed_at", models.DateTimeField(default=rapport.kit.clock.now)),
                ("archived_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="involvement",
            name="begun_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="involvement",
            name="priority",
            field=models.SmallIntegerField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="involvement",
            name="waiting_since",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="sharedteam",
            name="begun_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="sharedteam",
            name="priority",
            field=models.SmallIntegerField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="sharedteam",
            name="waiting_since",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("merged_into__isnull", True), ("waiting_since__isnull", False)),
                fields=["status", "team", "waiting_since", "id"],
                name="conversation_team_wait",
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("merged_into__isnull", True), ("waiting_since__isnull", False)),
                fields=["status", "waiting_since", "id"],
                name="conversation_wait",
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("merged_into__isnull", True)),
                fields=["status", "team", "created_at", "id"],
                name="conversation_team_age",
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("merged_into__isnull", True)),
                fields=["status", "created_at", "id"],
                name="conversation_age",
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("merged_into__isnull", True)),
                fields=["status", "team", "priority", "created_at", "id"],
                name="conversation_team_priority",
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("merged_into__isnull", True)),
                fields=["status", "priority", "created_at", "id"],
                name="conversation_priority",
            ),
        ),
        migrations.AddIndex(
            model_name="involvement",
            index=models.Index(
                condition=models.Q(("waiting_since__isnull", False)),
                fields=["account", "status", "waiting_since", "conversation", "reason"],
                name="involvement_wait",
            ),
        ),
        migrations.AddIndex(
            model_name="involvement",
            index=models.Index(
                fields=["account", "status", "begun_at", "conversation", "reason"], name="involvement_age"
            ),
        ),
        migrations.AddIndex(
            model_name="involvement",
            index=models.Index(
                fields=["account", "status", "priority", "begun_at", "conversation", "reason"],
                name="involvement_priority",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("author__isnull", False)), fields=["author", "-at", "-id"], name="message_author"
            ),
        ),
        migrations.AddIndex(
            model_name="sharedteam",
            index=models.Index(
                condition=models.Q(("waiting_since__isnull", False)),
                fields=["team", "status", "waiting_since", "conversation"],
                name="shared_team_wait",
            ),
        ),
        migrations.AddIndex(
            model_name="sharedteam",
            index=models.Index(fields=["team", "status", "begun_at", "conversation"], name="shared_team_age"),
        ),
        migrations.AddIndex(
            model_name="sharedteam",
            index=models.Index(
                fields=["team", "status", "priority", "begun_at", "conversation"], name="shared_team_priority"
            ),
        ),
        migrations.AddField(
            model_name="view",
            name="created_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="view",
            name="owner",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="views",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="view",
            name="team",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="views", to="people.team"
            ),
        ),
        migrations.AddConstraint(
            model_name="view",
            constraint=models.CheckConstraint(
                condition=models.Q(("owner__isnull", True), ("team__isnull", True), _connector="OR"),
                name="view_one_audience",
            ),
        ),
        migrations.RunPython(make, make_as_before),
    ]
