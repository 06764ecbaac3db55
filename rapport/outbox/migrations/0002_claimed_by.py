from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outbox", "0001_initial")]

    operations = [
        migrations.AddField("delivery", "claimed_by", models.CharField(blank=True, default="", max_length=80)),
    ]
