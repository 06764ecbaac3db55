"""What a company adds to conversations: custom fields, statuses of its own, checklists, time spent; and tidier tags."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import rapport.kit.clock


class Migration(migrations.Migration):
    dependencies = [
        ("channels", "0001_initial"),
        ("conversations", "0009_message_inbox"),
        ("people", "0012_company_shape"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ChecklistTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                ("items", models.JSONField(default=list)),
                ("archived_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="CustomField",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=40, unique=True)),
                ("name", models.CharField(max_length=60)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("text", "Text"),
                            ("number", "Number"),
                            ("date", "Date"),
                            ("choice", "Choice"),
                            ("choices", "Several choices"),
                            ("yes_no", "Yes or no"),
                        ],
                        max_length=10,
                    ),
                ),
                ("options", models.JSONField(default=list)),
                ("required", models.BooleanField(default=False)),
                ("help", models.CharField(blank=True, max_length=200)),
                ("position", models.PositiveIntegerField(default=0)),
                ("archived_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="FieldValue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.CharField(max_length=120)),
                ("number", models.FloatField(null=True)),
                ("day", models.DateField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="ForbiddenMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.CharField(max_length=30)),
                ("target", models.CharField(max_length=30)),
            ],
        ),
        migrations.CreateModel(
            name="OwnStatus",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("waiting", "Waiting for customer"),
                            ("snoozed", "Snoozed"),
                            ("closed", "Closed"),
                            ("spam", "Spam"),
                        ],
                        max_length=10,
                    ),
                ),
                ("days", models.PositiveIntegerField(null=True)),
                ("position", models.PositiveIntegerField(default=0)),
                ("archived_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="TimeEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("minutes", models.PositiveIntegerField()),
                ("note", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField(default=rapport.kit.clock.now)),
            ],
        ),
        migrations.AddField(
            model_name="conversation",
            name="checklists",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="conversation",
            name="fields",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="conversation",
            name="own_status_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="tag",
            name="archived_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="tag",
            name="canonical",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="merged", to="conversations.tag"
            ),
        ),
        migrations.AddField(
            model_name="tag",
            name="colour",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "None"),
                    ("rose", "Rose"),
                    ("amber", "Amber"),
                    ("green", "Green"),
                    ("teal", "Teal"),
                    ("blue", "Blue"),
                    ("violet", "Violet"),
                ],
                default="",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="tag",
            name="description",
            field=models.CharField(blank=True, default="", max_length=200),
        ),
        migrations.AddField(
            model_name="conversationtag",
            name="was",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("merged_into__isnull", True), ("own_status_id__isnull", False)),
                fields=["own_status_id", "-last_message_at", "-id"],
                name="conversation_own_status",
            ),
        ),
        migrations.AddField(
            model_name="customfield",
            name="parent",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="dependent",
                to="conversations.customfield",
            ),
        ),
        migrations.AddField(
            model_name="customfield",
            name="team",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="people.team"
            ),
        ),
        migrations.AddField(
            model_name="fieldvalue",
            name="conversation",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="field_values",
                to="conversations.conversation",
            ),
        ),
        migrations.AddField(
            model_name="fieldvalue",
            name="field",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="values",
                to="conversations.customfield",
            ),
        ),
        migrations.AddConstraint(
            model_name="forbiddenmove",
            constraint=models.UniqueConstraint(fields=("source", "target"), name="forbidden_move_once"),
        ),
        migrations.AddField(
            model_name="timeentry",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="timeentry",
            name="conversation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="time_entries",
                to="conversations.conversation",
            ),
        ),
        migrations.AddIndex(
            model_name="fieldvalue",
            index=models.Index(fields=["field", "text", "conversation"], name="field_value_text"),
        ),
        migrations.AddIndex(
            model_name="fieldvalue",
            index=models.Index(
                condition=models.Q(("number__isnull", False)),
                fields=["field", "number", "conversation"],
                name="field_value_number",
            ),
        ),
        migrations.AddIndex(
            model_name="fieldvalue",
            index=models.Index(
                condition=models.Q(("day__isnull", False)),
                fields=["field", "day", "conversation"],
                name="field_value_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="fieldvalue",
            constraint=models.UniqueConstraint(fields=("conversation", "field", "text"), name="field_value_once"),
        ),
    ]
