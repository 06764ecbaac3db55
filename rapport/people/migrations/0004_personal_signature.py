"""A person's own signature."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0003_installation_held_since")]
    operations = [migrations.AddField(model_name="account", name="signature_html", field=models.TextField(blank=True))]
