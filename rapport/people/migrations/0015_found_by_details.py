"""Customers are found by the VIP mark and by language; details that were there before are remembered by every process."""

from typing import Any

from django.db import migrations, models
from django.utils.crypto import get_random_string


def say_that_there_are_details(apps: Any, _editor: Any) -> None:
    """Processes read what the company added only where `shape` says that it added anything."""
    if apps.get_model("people", "Attribute").objects.exists():
        apps.get_model("people", "Installation").objects.filter(shape="").update(shape=get_random_string(16))


class Migration(migrations.Migration):
    dependencies = [("people", "0014_company_language")]
    operations = [
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(fields=["id"], name="customer_vip", condition=models.Q(vip=True)),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                fields=["language", "id"],
                name="customer_language",
                condition=models.Q(language="", _negated=True),
            ),
        ),
        migrations.RunPython(say_that_there_are_details, migrations.RunPython.noop),
    ]
