"""Mail that could not be processed is found without reading all that ever came."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("channels", "0001_initial"),
        ("intake", "0001_initial"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="rawmessage",
            index=models.Index(condition=models.Q(("state", "parked")), fields=["id"], name="raw_message_parked"),
        ),
    ]
