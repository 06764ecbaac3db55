"""How often words came into a draft from elsewhere, so that a page that does not show them overwrites none."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("conversations", "0012_board_layouts")]
    operations = [
        migrations.AddField("draft", "refills", models.PositiveSmallIntegerField(default=0, db_default=0)),
    ]
