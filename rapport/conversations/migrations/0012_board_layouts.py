"""Which views somebody sees as a board."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("conversations", "0011_questions")]
    operations = [migrations.AddField("arrangement", "layouts", models.JSONField(default=dict))]
