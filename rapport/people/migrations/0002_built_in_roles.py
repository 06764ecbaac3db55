"""The roles every installation starts with."""

from django.db import migrations

from rapport.people.roles import ensure_roles


def seed(apps, schema_editor):
    ensure_roles(apps.get_model("people", "Role"), apps.get_model("people", "RoleRight"))


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
