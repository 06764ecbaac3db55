"""Which page somebody begins with."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0008_numbers_of_their_own")]
    operations = [
        migrations.AddField(
            model_name="account",
            name="start_page",
            field=models.CharField(choices=[("today", "Today"), ("inbox", "Inbox")], default="today", max_length=8),
        ),
    ]
