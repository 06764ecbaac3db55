from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0013_setup_and_appearance")]

    operations = [
        migrations.AddField(
            model_name="installation",
            name="language",
            field=models.CharField(blank=True, db_default="", default="", max_length=12),
        ),
    ]
