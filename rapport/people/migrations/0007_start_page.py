"""Which page somebody begins with."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0006_archived_roles")]
    operations = [
        migrations.AddField(
            model_name="account",
            name="start_page",
            field=models.CharField(choices=[("today", "Today"), ("inbox", "Inbox")], default="today", max_length=8),
        ),
    ]
