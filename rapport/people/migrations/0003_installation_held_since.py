"""A restored copy is on hold until a person releases it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0002_built_in_roles")]
    operations = [
        migrations.AddField(model_name="installation", name="held_since", field=models.DateTimeField(null=True)),
        migrations.AddField(
            model_name="installation", name="held_from_message", field=models.BigIntegerField(default=0)
        ),
    ]
