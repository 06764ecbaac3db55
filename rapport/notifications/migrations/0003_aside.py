"""Somebody who was asked aside wrote."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0002_bell"),
    ]

    operations = [
        migrations.AlterField(
            model_name="notification",
            name="said",
            field=models.CharField(
                choices=[
                    ("wrote", "Wrote"),
                    ("stranger", "Stranger"),
                    ("noted", "Noted"),
                    ("mentioned", "Mentioned"),
                    ("team_mentioned", "Team Mentioned"),
                    ("assigned", "Assigned"),
                    ("moved", "Moved"),
                    ("returned", "Returned"),
                    ("failed", "Failed"),
                    ("possibly_sent", "Possibly Sent"),
                    ("bounced", "Bounced"),
                    ("woken", "Woken"),
                    ("taken", "Taken"),
                    ("reopened", "Reopened"),
                    ("aside", "Aside"),
                ],
                max_length=16,
            ),
        ),
    ]
