"""By which word processes know that custom fields and statuses changed, and whether time spent is noted."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0011_imports"),
    ]

    operations = [
        migrations.AddField(
            model_name="installation",
            name="shape",
            field=models.CharField(blank=True, default="", max_length=24),
        ),
        migrations.AddField(
            model_name="installation",
            name="time_spent",
            field=models.BooleanField(default=False),
        ),
    ]
