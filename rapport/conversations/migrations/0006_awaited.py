"""Message-IDs that answers name and that have not arrived yet."""

import django.db.models.deletion
from django.db import migrations, models

import rapport.kit.clock


class Migration(migrations.Migration):
    dependencies = [("conversations", "0005_new_drafts")]

    operations = [
        migrations.CreateModel(
            name="Awaited",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(db_index=True, max_length=40)),
                ("since", models.DateTimeField(db_index=True, default=rapport.kit.clock.now)),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="awaiting",
                        to="conversations.message",
                    ),
                ),
            ],
        ),
    ]
