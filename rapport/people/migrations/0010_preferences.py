"""How long replies wait before they leave, by company and by person, and whether single letters are shortcuts."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0009_start_page")]
    operations = [
        migrations.AddField("account", "undo_seconds", models.PositiveSmallIntegerField(null=True)),
        migrations.AddField("account", "single_keys", models.BooleanField(default=True, db_default=True)),
        migrations.AddField("installation", "undo_seconds", models.PositiveSmallIntegerField(null=True)),
    ]
