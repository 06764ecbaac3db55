"""Pushes to browsers: who is reached where, what waits to be carried there, and what people want to be told so."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import rapport.kit.clock

_SEEN_ANYWAY = ("team", "woken", "taken", "reopened")


def _as_by_default(apps, schema_editor):
    """Rules of before say nothing of pushes: those are as they are for whoever has no rule."""
    apps.get_model("notifications", "Rule").objects.exclude(topic__in=_SEEN_ANYWAY).update(push=True)


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0011_questions"),
        ("notifications", "0004_answered"),
        ("usersessions", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Device",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                ("endpoint", models.CharField(blank=True, max_length=1000)),
                ("p256dh", models.CharField(blank=True, max_length=100)),
                ("auth", models.CharField(blank=True, max_length=40)),
                ("made_at", models.DateTimeField(default=rapport.kit.clock.now)),
                ("last_success_at", models.DateTimeField(null=True)),
                ("last_failure_at", models.DateTimeField(null=True)),
                ("last_failure", models.CharField(blank=True, max_length=200)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("failing_since", models.DateTimeField(null=True)),
                ("rest_until", models.DateTimeField(null=True)),
                (
                    "ended",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("gone", "The browser has turned it off."),
                            ("unreachable", "Nothing has arrived there for a week."),
                        ],
                        max_length=12,
                    ),
                ),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="usersessions.usersession"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Push",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("notifications", models.JSONField(default=list)),
                ("is_trial", models.BooleanField(default=False)),
                ("made_at", models.DateTimeField(default=rapport.kit.clock.now)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("next_try_at", models.DateTimeField(default=rapport.kit.clock.now)),
                ("claimed_until", models.DateTimeField(null=True)),
                (
                    "device",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="pushes", to="notifications.device"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PushKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public", models.CharField(max_length=100)),
                ("private_encrypted", models.TextField()),
            ],
        ),
        migrations.AddField(
            model_name="notification",
            name="push",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "No push"),
                    ("waiting", "Held back for a while"),
                    ("told", "Pushed"),
                    ("dropped", "Not pushed: it was read before"),
                ],
                db_default="",
                default="",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="notification",
            name="push_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="notification",
            name="pushed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="rule",
            name="push",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(
                condition=models.Q(("push_at__isnull", False)), fields=["push_at"], name="notification_push"
            ),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(
                condition=models.Q(("pushed_at__isnull", False)),
                fields=["account", "pushed_at"],
                name="notification_pushed",
            ),
        ),
        migrations.AddConstraint(
            model_name="device",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)), fields=("endpoint",), name="device_endpoint_once"
            ),
        ),
        migrations.AddIndex(
            model_name="push",
            index=models.Index(fields=["next_try_at", "id"], name="push_due"),
        ),
        migrations.RunPython(_as_by_default, migrations.RunPython.noop),
    ]
