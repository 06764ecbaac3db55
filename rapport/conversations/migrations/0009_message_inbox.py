"""The inbox a reply is sent from, when its author chose another one than the conversation's."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("channels", "0001_initial"), ("conversations", "0008_views")]
    operations = [
        migrations.AddField(
            model_name="message",
            name="inbox",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="channels.inbox",
            ),
        ),
    ]
