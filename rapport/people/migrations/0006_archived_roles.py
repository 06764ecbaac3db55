"""Roles can be archived."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0005_audit_right")]
    operations = [
        migrations.AddField(model_name="role", name="archived_at", field=models.DateTimeField(blank=True, null=True)),
    ]
