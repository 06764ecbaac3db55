"""What the first-run wizard knows, what is hidden, the practice inbox, and how the company looks."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0012_company_shape")]
    operations = [
        migrations.AddField(model_name="installation", name="setup", field=models.JSONField(null=True)),
        migrations.AddField(model_name="installation", name="hidden", field=models.JSONField(default=list)),
        migrations.AddField(model_name="installation", name="practice_since", field=models.DateTimeField(null=True)),
        migrations.AddField(
            model_name="installation", name="accent", field=models.CharField(blank=True, default="", max_length=7)
        ),
        migrations.AddField(
            model_name="installation",
            name="logo_sha256",
            field=models.CharField(blank=True, default="", max_length=64),
        ),
    ]
