"""Whether pushes carry names and subjects."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0015_found_by_details")]
    operations = [
        migrations.AddField("installation", "push_words", models.BooleanField(default=True, db_default=True)),
    ]
